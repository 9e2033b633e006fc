-- +goose Up
-- create "attempts" table
CREATE TABLE "attempts" (
  "id" character varying NOT NULL COLLATE "C",
  "failures" bigint NOT NULL DEFAULT 0,
  "blocked_until" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  PRIMARY KEY ("id")
);
-- create "users" table
CREATE TABLE "users" (
  "id" character varying NOT NULL COLLATE "C",
  "email" character varying NOT NULL COLLATE "C",
  "first_name" character varying NOT NULL,
  "last_name" character varying NOT NULL,
  "password_hash" character varying NULL,
  "email_verified_at" timestamptz NULL,
  "mobile" character varying NULL,
  "mobile_verified_at" timestamptz NULL,
  "last_sign_in_at" timestamptz NULL,
  "support" boolean NOT NULL DEFAULT false,
  "version" bigint NOT NULL DEFAULT 1,
  "ended_at" timestamptz NULL,
  "merged_into_id" character varying NULL COLLATE "C",
  "ended_email" character varying NULL COLLATE "C",
  "created_at" timestamptz NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "users_email_present" CHECK ((email)::text <> ''::text),
  CONSTRAINT "users_ended_frees_address" CHECK ((ended_at IS NOT NULL) = ((email)::text = (id)::text)),
  CONSTRAINT "users_ended_lets_nobody_in" CHECK ((ended_at IS NULL) OR (password_hash IS NULL)),
  CONSTRAINT "users_ended_whole" CHECK (((ended_at IS NULL) = (merged_into_id IS NULL)) AND ((ended_at IS NULL) = (ended_email IS NULL)))
);
-- create index "user_ended_email" to table: "users"
CREATE INDEX "user_ended_email" ON "users" ("ended_email");
-- create index "user_merged_into_id" to table: "users"
CREATE INDEX "user_merged_into_id" ON "users" ("merged_into_id");
-- create index "users_one_login_per_email" to table: "users"
CREATE UNIQUE INDEX "users_one_login_per_email" ON "users" ("email");
-- create "uploads" table
CREATE TABLE "uploads" (
  "id" character varying NOT NULL COLLATE "C",
  "swept" boolean NOT NULL DEFAULT false,
  "created_at" timestamptz NOT NULL,
  PRIMARY KEY ("id")
);
-- create index "upload_created_at" to table: "uploads"
CREATE INDEX "upload_created_at" ON "uploads" ("created_at");
-- create "receiveds" table
CREATE TABLE "receiveds" (
  "id" character varying NOT NULL COLLATE "C",
  "recipient" character varying NOT NULL COLLATE "C",
  "message" character varying NOT NULL COLLATE "C",
  "created_at" timestamptz NOT NULL,
  PRIMARY KEY ("id")
);
-- create index "received_once" to table: "receiveds"
CREATE UNIQUE INDEX "received_once" ON "receiveds" ("recipient", "message");
-- create "kept_switchers" table
CREATE TABLE "kept_switchers" (
  "id" character varying NOT NULL COLLATE "C",
  "page" text NULL,
  PRIMARY KEY ("id")
);
-- create "account_uses" table
CREATE TABLE "account_uses" (
  "id" character varying NOT NULL COLLATE "C",
  "account_id" character varying NOT NULL COLLATE "C",
  "used_at" timestamptz NOT NULL,
  "recency" bigint NOT NULL,
  "user_id" character varying NOT NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "account_uses_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION
);
-- create index "account_uses_by_recency" to table: "account_uses"
CREATE INDEX "account_uses_by_recency" ON "account_uses" ("user_id", "recency");
-- create index "account_uses_one" to table: "account_uses"
CREATE UNIQUE INDEX "account_uses_one" ON "account_uses" ("user_id", "account_id");
-- create "practices" table
CREATE TABLE "practices" (
  "id" character varying NOT NULL COLLATE "C",
  "name" character varying NOT NULL,
  "name_key" character varying NOT NULL COLLATE "C",
  "country" character varying NOT NULL DEFAULT 'GB',
  "clients_keep_an_administrator" boolean NOT NULL DEFAULT false,
  "version" bigint NOT NULL DEFAULT 1,
  "created_at" timestamptz NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "practices_country_code" CHECK (length((country)::text) = 2),
  CONSTRAINT "practices_name_present" CHECK (((name)::text <> ''::text) AND ((name_key)::text <> ''::text))
);
-- create "applications" table
CREATE TABLE "applications" (
  "id" character varying NOT NULL COLLATE "C",
  "name" character varying NOT NULL,
  "name_key" character varying NOT NULL COLLATE "C",
  "created_at" timestamptz NOT NULL,
  "practice_id" character varying NOT NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "applications_practices_applications" FOREIGN KEY ("practice_id") REFERENCES "practices" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "applications_name_present" CHECK (((name)::text <> ''::text) AND ((name_key)::text <> ''::text))
);
-- create index "applications_id_practice" to table: "applications"
CREATE UNIQUE INDEX "applications_id_practice" ON "applications" ("id", "practice_id");
-- create index "applications_one_name" to table: "applications"
CREATE UNIQUE INDEX "applications_one_name" ON "applications" ("practice_id", "name_key");
-- create "client_accounts" table
CREATE TABLE "client_accounts" (
  "id" character varying NOT NULL COLLATE "C",
  "name" character varying NOT NULL,
  "name_key" character varying NOT NULL COLLATE "C",
  "country" character varying NOT NULL DEFAULT 'GB',
  "version" bigint NOT NULL DEFAULT 1,
  "created_at" timestamptz NOT NULL,
  "practice_id" character varying NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "client_accounts_practices_clients" FOREIGN KEY ("practice_id") REFERENCES "practices" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "client_accounts_country_code" CHECK (length((country)::text) = 2),
  CONSTRAINT "client_accounts_name_present" CHECK (((name)::text <> ''::text) AND ((name_key)::text <> ''::text))
);
-- create index "client_accounts_by_name" to table: "client_accounts"
CREATE INDEX "client_accounts_by_name" ON "client_accounts" ("practice_id", "name_key", "id");
-- create index "client_accounts_id_practice" to table: "client_accounts"
CREATE UNIQUE INDEX "client_accounts_id_practice" ON "client_accounts" ("id", "practice_id");
-- create "roles" table
CREATE TABLE "roles" (
  "id" character varying NOT NULL COLLATE "C",
  "kind" character varying NOT NULL,
  "name" character varying NOT NULL,
  "name_key" character varying NOT NULL COLLATE "C",
  "built_in" boolean NOT NULL DEFAULT false,
  "permissions" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "deleted_at" timestamptz NULL,
  "practice_id" character varying NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "roles_practices_custom_roles" FOREIGN KEY ("practice_id") REFERENCES "practices" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "roles_built_in_or_own" CHECK (built_in = (practice_id IS NULL)),
  CONSTRAINT "roles_built_in_stays" CHECK ((NOT built_in) OR (deleted_at IS NULL)),
  CONSTRAINT "roles_kind_known" CHECK ((kind)::text = ANY ((ARRAY['PRACTICE'::character varying, 'CLIENT'::character varying])::text[])),
  CONSTRAINT "roles_permissions_fit" CHECK ((((kind)::text = 'PRACTICE'::text) AND ((permissions & ((~ 32512))::bigint) = 0)) OR (((kind)::text = 'CLIENT'::text) AND ((permissions & ((~ 1023))::bigint) = 0)))
);
-- create index "roles_id_kind" to table: "roles"
CREATE UNIQUE INDEX "roles_id_kind" ON "roles" ("id", "kind");
-- create index "roles_one_name" to table: "roles"
CREATE UNIQUE INDEX "roles_one_name" ON "roles" ("practice_id", "kind", "name_key") WHERE (deleted_at IS NULL);
-- create "memberships" table
CREATE TABLE "memberships" (
  "id" character varying NOT NULL COLLATE "C",
  "kind" character varying NOT NULL,
  "account_id" character varying NOT NULL COLLATE "C",
  "permissions" bigint NOT NULL,
  "first_name" character varying NOT NULL,
  "last_name" character varying NOT NULL,
  "name_key" character varying NOT NULL COLLATE "C",
  "search_key" character varying NOT NULL COLLATE "C",
  "email" character varying NULL COLLATE "C",
  "mobile" character varying NULL,
  "whats_app_mobile" character varying NULL COLLATE "C",
  "whats_app_active" boolean NOT NULL DEFAULT false,
  "login_access" boolean NOT NULL,
  "status" character varying NOT NULL,
  "is_owner" boolean NOT NULL DEFAULT false,
  "version" bigint NOT NULL DEFAULT 1,
  "created_at" timestamptz NOT NULL,
  "last_active_at" timestamptz NOT NULL,
  "joined_at" timestamptz NULL,
  "deactivated_at" timestamptz NULL,
  "removed_at" timestamptz NULL,
  "client_account_id" character varying NULL COLLATE "C",
  "billable_account_id" character varying NULL COLLATE "C",
  "role_id" character varying NOT NULL COLLATE "C",
  "practice_id" character varying NULL COLLATE "C",
  "user_id" character varying NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "memberships_client_accounts_billable_account" FOREIGN KEY ("billable_account_id") REFERENCES "client_accounts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "memberships_client_accounts_users" FOREIGN KEY ("client_account_id") REFERENCES "client_accounts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "memberships_practices_colleagues" FOREIGN KEY ("practice_id") REFERENCES "practices" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "memberships_role_of_kind" FOREIGN KEY ("role_id", "kind") REFERENCES "roles" ("id", "kind") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "memberships_roles_role" FOREIGN KEY ("role_id") REFERENCES "roles" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "memberships_users_memberships" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "memberships_active_login_has_user" CHECK ((NOT (((status)::text = 'ACTIVE'::text) AND login_access)) OR (user_id IS NOT NULL)),
  CONSTRAINT "memberships_colleague_has_login_access" CHECK (((kind)::text = 'CLIENT'::text) OR login_access),
  CONSTRAINT "memberships_deactivated_at" CHECK (((status)::text = 'DEACTIVATED'::text) = (deactivated_at IS NOT NULL)),
  CONSTRAINT "memberships_kind_known" CHECK ((kind)::text = ANY ((ARRAY['PRACTICE'::character varying, 'CLIENT'::character varying])::text[])),
  CONSTRAINT "memberships_login_access_has_email" CHECK ((NOT login_access) OR (email IS NOT NULL)),
  CONSTRAINT "memberships_not_yet_in" CHECK ((NOT ((status)::text = ANY ((ARRAY['PENDING'::character varying, 'AWAITING_ACTIVATION'::character varying])::text[]))) OR ((user_id IS NULL) AND login_access)),
  CONSTRAINT "memberships_one_account" CHECK ((((kind)::text = 'PRACTICE'::text) AND (practice_id IS NOT NULL) AND ((practice_id)::text = (account_id)::text) AND (client_account_id IS NULL)) OR (((kind)::text = 'CLIENT'::text) AND (client_account_id IS NOT NULL) AND ((client_account_id)::text = (account_id)::text) AND (practice_id IS NULL))),
  CONSTRAINT "memberships_owner_stays" CHECK ((NOT is_owner) OR ((status)::text <> ALL ((ARRAY['DEACTIVATED'::character varying, 'REMOVED'::character varying])::text[]))),
  CONSTRAINT "memberships_permissions_fit" CHECK ((((kind)::text = 'PRACTICE'::text) AND ((permissions & ((~ 32512))::bigint) = 0)) OR (((kind)::text = 'CLIENT'::text) AND ((permissions & ((~ 1023))::bigint) = 0))),
  CONSTRAINT "memberships_removed_at" CHECK (((status)::text = 'REMOVED'::text) = (removed_at IS NOT NULL)),
  CONSTRAINT "memberships_status_known" CHECK ((status)::text = ANY ((ARRAY['AWAITING_ACTIVATION'::character varying, 'PENDING'::character varying, 'ACTIVE'::character varying, 'DEACTIVATED'::character varying, 'REMOVED'::character varying])::text[])),
  CONSTRAINT "memberships_whats_app_has_number" CHECK ((NOT whats_app_active) OR (((kind)::text = 'CLIENT'::text) AND (whats_app_mobile IS NOT NULL)))
);
-- create index "membership_email" to table: "memberships"
CREATE INDEX "membership_email" ON "memberships" ("email");
-- create index "membership_role_id" to table: "memberships"
CREATE INDEX "membership_role_id" ON "memberships" ("role_id");
-- create index "membership_user_id" to table: "memberships"
CREATE INDEX "membership_user_id" ON "memberships" ("user_id");
-- create index "memberships_administrators" to table: "memberships"
CREATE INDEX "memberships_administrators" ON "memberships" ("account_id") WHERE (((status)::text = 'ACTIVE'::text) AND login_access AND ((permissions & (8320)::bigint) <> 0));
-- create index "memberships_by_activity" to table: "memberships"
CREATE INDEX "memberships_by_activity" ON "memberships" ("account_id", "last_active_at", "id");
-- create index "memberships_by_age" to table: "memberships"
CREATE INDEX "memberships_by_age" ON "memberships" ("account_id", "created_at", "id");
-- create index "memberships_by_name" to table: "memberships"
CREATE INDEX "memberships_by_name" ON "memberships" ("account_id", "name_key", "id");
-- create index "memberships_by_whats_app" to table: "memberships"
CREATE INDEX "memberships_by_whats_app" ON "memberships" ("whats_app_mobile") WHERE whats_app_active;
-- create index "memberships_id_client" to table: "memberships"
CREATE UNIQUE INDEX "memberships_id_client" ON "memberships" ("id", "client_account_id");
-- create index "memberships_id_practice" to table: "memberships"
CREATE UNIQUE INDEX "memberships_id_practice" ON "memberships" ("id", "practice_id");
-- create index "memberships_one_owner" to table: "memberships"
CREATE UNIQUE INDEX "memberships_one_owner" ON "memberships" ("account_id") WHERE is_owner;
-- create index "memberships_one_per_email" to table: "memberships"
CREATE UNIQUE INDEX "memberships_one_per_email" ON "memberships" ("account_id", "email") WHERE ((status)::text <> 'REMOVED'::text);
-- create index "memberships_one_per_login" to table: "memberships"
CREATE UNIQUE INDEX "memberships_one_per_login" ON "memberships" ("account_id", "user_id") WHERE ((status)::text <> 'REMOVED'::text);
-- create "application_uses" table
CREATE TABLE "application_uses" (
  "id" character varying NOT NULL COLLATE "C",
  "client_account_id" character varying NOT NULL COLLATE "C",
  "practice_id" character varying NOT NULL COLLATE "C",
  "membership_id" character varying NOT NULL COLLATE "C",
  "application_id" character varying NOT NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "application_uses_applications_application" FOREIGN KEY ("application_id") REFERENCES "applications" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "application_uses_memberships_membership" FOREIGN KEY ("membership_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "application_uses_own_application" FOREIGN KEY ("application_id", "practice_id") REFERENCES "applications" ("id", "practice_id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "application_uses_own_client" FOREIGN KEY ("client_account_id", "practice_id") REFERENCES "client_accounts" ("id", "practice_id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "application_uses_own_user" FOREIGN KEY ("membership_id", "client_account_id") REFERENCES "memberships" ("id", "client_account_id") ON UPDATE NO ACTION ON DELETE NO ACTION
);
-- create index "application_uses_once" to table: "application_uses"
CREATE UNIQUE INDEX "application_uses_once" ON "application_uses" ("membership_id", "application_id");
-- create index "applicationuse_application_id" to table: "application_uses"
CREATE INDEX "applicationuse_application_id" ON "application_uses" ("application_id");
-- create index "applicationuse_client_account_id" to table: "application_uses"
CREATE INDEX "applicationuse_client_account_id" ON "application_uses" ("client_account_id");
-- create "client_grants" table
CREATE TABLE "client_grants" (
  "id" character varying NOT NULL COLLATE "C",
  "practice_id" character varying NOT NULL COLLATE "C",
  "client_key" character varying NOT NULL COLLATE "C",
  "granted_at" timestamptz NOT NULL,
  "expires_at" timestamptz NULL,
  "reason" character varying NULL,
  "client_account_id" character varying NOT NULL COLLATE "C",
  "granted_by_id" character varying NULL COLLATE "C",
  "membership_id" character varying NOT NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "client_grants_client_accounts_client_account" FOREIGN KEY ("client_account_id") REFERENCES "client_accounts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "client_grants_memberships_granted_by" FOREIGN KEY ("granted_by_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "client_grants_memberships_grants" FOREIGN KEY ("membership_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "client_grants_own_client" FOREIGN KEY ("client_account_id", "practice_id") REFERENCES "client_accounts" ("id", "practice_id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "client_grants_own_colleague" FOREIGN KEY ("membership_id", "practice_id") REFERENCES "memberships" ("id", "practice_id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "client_grants_ends_later" CHECK ((expires_at IS NULL) OR (expires_at > granted_at))
);
-- create index "client_grants_by_age" to table: "client_grants"
CREATE INDEX "client_grants_by_age" ON "client_grants" ("membership_id", "granted_at", "id");
-- create index "client_grants_by_name" to table: "client_grants"
CREATE INDEX "client_grants_by_name" ON "client_grants" ("membership_id", "client_key", "client_account_id");
-- create index "client_grants_one_per_client" to table: "client_grants"
CREATE UNIQUE INDEX "client_grants_one_per_client" ON "client_grants" ("membership_id", "client_account_id");
-- create index "clientgrant_client_account_id" to table: "client_grants"
CREATE INDEX "clientgrant_client_account_id" ON "client_grants" ("client_account_id");
-- create "documents" table
CREATE TABLE "documents" (
  "id" character varying NOT NULL COLLATE "C",
  "submitted_by_name" character varying NOT NULL,
  "channel" character varying NOT NULL,
  "kind" character varying NOT NULL,
  "file_name" character varying NOT NULL,
  "search_key" character varying NOT NULL COLLATE "C",
  "content_type" character varying NOT NULL,
  "size" bigint NOT NULL,
  "sha256" character varying NOT NULL COLLATE "C",
  "status" character varying NOT NULL,
  "blob_key" character varying NOT NULL COLLATE "C",
  "created_at" timestamptz NOT NULL,
  "client_account_id" character varying NOT NULL COLLATE "C",
  "owner_id" character varying NULL COLLATE "C",
  "submitted_by_id" character varying NULL COLLATE "C",
  "submitted_for_id" character varying NULL COLLATE "C",
  "via_practice_id" character varying NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "documents_client_accounts_account" FOREIGN KEY ("client_account_id") REFERENCES "client_accounts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "documents_memberships_owner" FOREIGN KEY ("owner_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "documents_memberships_submitted_by" FOREIGN KEY ("submitted_by_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "documents_memberships_submitted_for" FOREIGN KEY ("submitted_for_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "documents_own_beneficiary" FOREIGN KEY ("submitted_for_id", "client_account_id") REFERENCES "memberships" ("id", "client_account_id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "documents_own_owner" FOREIGN KEY ("owner_id", "client_account_id") REFERENCES "memberships" ("id", "client_account_id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "documents_practices_via_practice" FOREIGN KEY ("via_practice_id") REFERENCES "practices" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "documents_channel_known" CHECK ((channel)::text = ANY ((ARRAY['WEB'::character varying, 'MOBILE'::character varying, 'EMAIL'::character varying, 'WHATSAPP'::character varying])::text[])),
  CONSTRAINT "documents_kind_known" CHECK ((kind)::text = ANY ((ARRAY['COSTS'::character varying, 'SALES'::character varying])::text[])),
  CONSTRAINT "documents_status_known" CHECK ((status)::text = ANY ((ARRAY['TO_REVIEW'::character varying, 'ARCHIVED'::character varying])::text[])),
  CONSTRAINT "documents_whole" CHECK ((size > 0) AND (length((sha256)::text) = 64) AND ((file_name)::text <> ''::text) AND ((submitted_by_name)::text <> ''::text))
);
-- create index "document_submitted_by_id" to table: "documents"
CREATE INDEX "document_submitted_by_id" ON "documents" ("submitted_by_id");
-- create index "documents_by_age" to table: "documents"
CREATE INDEX "documents_by_age" ON "documents" ("client_account_id", "created_at", "id");
-- create index "documents_by_owner" to table: "documents"
CREATE INDEX "documents_by_owner" ON "documents" ("client_account_id", "owner_id", "created_at", "id");
-- create index "documents_by_status" to table: "documents"
CREATE INDEX "documents_by_status" ON "documents" ("client_account_id", "status", "created_at", "id");
-- create index "documents_one_file" to table: "documents"
CREATE UNIQUE INDEX "documents_one_file" ON "documents" ("blob_key");
-- create index "documents_owned" to table: "documents"
CREATE INDEX "documents_owned" ON "documents" ("owner_id");
-- create index "documents_same_file" to table: "documents"
CREATE INDEX "documents_same_file" ON "documents" ("client_account_id", "sha256");
-- create "events" table
CREATE TABLE "events" (
  "id" character varying NOT NULL COLLATE "C",
  "at" timestamptz NOT NULL,
  "verb" character varying NOT NULL,
  "account_id" character varying NULL COLLATE "C",
  "actor_name" character varying NOT NULL,
  "reason" character varying NULL,
  "changes" text NOT NULL DEFAULT '[]',
  "request_id" character varying NULL,
  "practice_id" character varying NULL COLLATE "C",
  "client_account_id" character varying NULL COLLATE "C",
  "membership_id" character varying NULL COLLATE "C",
  "user_id" character varying NULL COLLATE "C",
  "actor_id" character varying NULL COLLATE "C",
  "via_practice_id" character varying NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "events_client_accounts_client_account" FOREIGN KEY ("client_account_id") REFERENCES "client_accounts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "events_memberships_membership" FOREIGN KEY ("membership_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "events_practices_practice" FOREIGN KEY ("practice_id") REFERENCES "practices" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "events_practices_via_practice" FOREIGN KEY ("via_practice_id") REFERENCES "practices" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "events_users_actor" FOREIGN KEY ("actor_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "events_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION
);
-- create index "event_membership_id" to table: "events"
CREATE INDEX "event_membership_id" ON "events" ("membership_id");
-- create index "event_user_id" to table: "events"
CREATE INDEX "event_user_id" ON "events" ("user_id");
-- create index "events_by_account" to table: "events"
CREATE INDEX "events_by_account" ON "events" ("account_id", "at", "id");
-- create "idempotency_keys" table
CREATE TABLE "idempotency_keys" (
  "id" character varying NOT NULL COLLATE "C",
  "mutation" character varying NOT NULL,
  "key" character varying NOT NULL COLLATE "C",
  "input_hash" character varying NOT NULL,
  "result" character varying NOT NULL,
  "created_at" timestamptz NOT NULL,
  "user_id" character varying NOT NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "idempotency_keys_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION
);
-- create index "idempotency_keys_once" to table: "idempotency_keys"
CREATE UNIQUE INDEX "idempotency_keys_once" ON "idempotency_keys" ("user_id", "mutation", "key");
-- create index "idempotencykey_created_at" to table: "idempotency_keys"
CREATE INDEX "idempotencykey_created_at" ON "idempotency_keys" ("created_at");
-- create "identities" table
CREATE TABLE "identities" (
  "id" character varying NOT NULL COLLATE "C",
  "provider" character varying NOT NULL COLLATE "C",
  "issuer" character varying NOT NULL COLLATE "C",
  "subject" character varying NOT NULL COLLATE "C",
  "email" character varying NULL,
  "linked_at" timestamptz NOT NULL,
  "user_id" character varying NOT NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "identities_users_identities" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "identities_subject_present" CHECK ((subject)::text <> ''::text)
);
-- create index "identities_one_login" to table: "identities"
CREATE UNIQUE INDEX "identities_one_login" ON "identities" ("issuer", "subject");
-- create index "identities_one_per_provider" to table: "identities"
CREATE UNIQUE INDEX "identities_one_per_provider" ON "identities" ("user_id", "provider");
-- create "invitations" table
CREATE TABLE "invitations" (
  "id" character varying NOT NULL COLLATE "C",
  "channel" character varying NOT NULL,
  "status" character varying NOT NULL,
  "delivery" character varying NOT NULL,
  "delivery_error" character varying NULL,
  "link_id" character varying NOT NULL COLLATE "C",
  "token_hash" character varying NULL COLLATE "C",
  "was_document_owner" boolean NOT NULL DEFAULT false,
  "sent_count" bigint NOT NULL DEFAULT 0,
  "sent_to" character varying NULL,
  "sent_from" character varying NULL,
  "invited_by_name" character varying NOT NULL,
  "created_at" timestamptz NOT NULL,
  "last_sent_at" timestamptz NULL,
  "expires_at" timestamptz NULL,
  "accepted_at" timestamptz NULL,
  "declined_at" timestamptz NULL,
  "cancelled_at" timestamptz NULL,
  "invited_by_id" character varying NOT NULL COLLATE "C",
  "via_practice_id" character varying NULL COLLATE "C",
  "membership_id" character varying NOT NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "invitations_memberships_invitations" FOREIGN KEY ("membership_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "invitations_practices_via_practice" FOREIGN KEY ("via_practice_id") REFERENCES "practices" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "invitations_users_invited_by" FOREIGN KEY ("invited_by_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "invitations_accepted_at" CHECK (((status)::text = 'ACCEPTED'::text) = (accepted_at IS NOT NULL)),
  CONSTRAINT "invitations_cancelled_at" CHECK (((status)::text = 'CANCELLED'::text) = (cancelled_at IS NOT NULL)),
  CONSTRAINT "invitations_channel_known" CHECK ((channel)::text = ANY ((ARRAY['EMAIL'::character varying, 'SMS'::character varying, 'NONE'::character varying])::text[])),
  CONSTRAINT "invitations_declined_at" CHECK (((status)::text = 'DECLINED'::text) = (declined_at IS NOT NULL)),
  CONSTRAINT "invitations_delivery_known" CHECK ((delivery)::text = ANY ((ARRAY['NOT_SENT'::character varying, 'QUEUED'::character varying, 'SENT'::character varying, 'FAILED'::character varying])::text[])),
  CONSTRAINT "invitations_sent_has_link" CHECK ((sent_count = 0) = (token_hash IS NULL)),
  CONSTRAINT "invitations_status_known" CHECK ((status)::text = ANY ((ARRAY['PENDING'::character varying, 'ACCEPTED'::character varying, 'DECLINED'::character varying, 'CANCELLED'::character varying])::text[])),
  CONSTRAINT "invitations_unsent_never_expires" CHECK ((last_sent_at IS NULL) = (expires_at IS NULL))
);
-- create index "invitation_invited_by_id" to table: "invitations"
CREATE INDEX "invitation_invited_by_id" ON "invitations" ("invited_by_id");
-- create index "invitation_link_id" to table: "invitations"
CREATE INDEX "invitation_link_id" ON "invitations" ("link_id");
-- create index "invitation_membership_id_created_at" to table: "invitations"
CREATE INDEX "invitation_membership_id_created_at" ON "invitations" ("membership_id", "created_at");
-- create index "invitations_one_pending" to table: "invitations"
CREATE UNIQUE INDEX "invitations_one_pending" ON "invitations" ("membership_id") WHERE ((status)::text = 'PENDING'::text);
-- create index "invitations_token" to table: "invitations"
CREATE INDEX "invitations_token" ON "invitations" ("token_hash");
-- create "sessions" table
CREATE TABLE "sessions" (
  "id" character varying NOT NULL COLLATE "C",
  "kind" character varying NOT NULL,
  "secret_hash" character varying NOT NULL COLLATE "C",
  "secret_expires_at" timestamptz NOT NULL,
  "expires_at" timestamptz NOT NULL,
  "created_at" timestamptz NOT NULL,
  "signed_in_at" timestamptz NOT NULL,
  "last_seen_at" timestamptz NOT NULL,
  "ended_at" timestamptz NULL,
  "user_agent" character varying NULL,
  "ip_address" character varying NULL,
  "current_account_id" character varying NULL COLLATE "C",
  "identity_id" character varying NULL COLLATE "C",
  "user_id" character varying NOT NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "sessions_users_sessions" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "sessions_kind_known" CHECK ((kind)::text = ANY ((ARRAY['WEB'::character varying, 'MOBILE'::character varying])::text[])),
  CONSTRAINT "sessions_secret_within" CHECK (secret_expires_at <= expires_at)
);
-- create index "session_user_id" to table: "sessions"
CREATE INDEX "session_user_id" ON "sessions" ("user_id");
-- create index "sessions_secret" to table: "sessions"
CREATE UNIQUE INDEX "sessions_secret" ON "sessions" ("secret_hash");
-- create "submission_addresses" table
CREATE TABLE "submission_addresses" (
  "id" character varying NOT NULL COLLATE "C",
  "kind" character varying NOT NULL,
  "local_part" character varying NOT NULL COLLATE "C",
  "created_at" timestamptz NOT NULL,
  "retired_at" timestamptz NULL,
  "client_account_id" character varying NOT NULL COLLATE "C",
  "membership_id" character varying NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "submission_addresses_client_accounts_submission_addresses" FOREIGN KEY ("client_account_id") REFERENCES "client_accounts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "submission_addresses_memberships_submission_addresses" FOREIGN KEY ("membership_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "submission_addresses_own_user" FOREIGN KEY ("membership_id", "client_account_id") REFERENCES "memberships" ("id", "client_account_id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "submission_addresses_kind_known" CHECK ((kind)::text = ANY ((ARRAY['COSTS'::character varying, 'SALES'::character varying])::text[])),
  CONSTRAINT "submission_addresses_local_part_folded" CHECK ((local_part)::text = lower((local_part)::text))
);
-- create index "submission_addresses_of_account" to table: "submission_addresses"
CREATE INDEX "submission_addresses_of_account" ON "submission_addresses" ("client_account_id", "kind") WHERE (membership_id IS NULL);
-- create index "submission_addresses_of_member" to table: "submission_addresses"
CREATE INDEX "submission_addresses_of_member" ON "submission_addresses" ("membership_id", "kind");
-- create index "submission_addresses_one_for_ever" to table: "submission_addresses"
CREATE UNIQUE INDEX "submission_addresses_one_for_ever" ON "submission_addresses" ("local_part");
-- create "tokens" table
CREATE TABLE "tokens" (
  "id" character varying NOT NULL COLLATE "C",
  "purpose" character varying NOT NULL,
  "hash" character varying NOT NULL COLLATE "C",
  "email" character varying NULL COLLATE "C",
  "former_email" character varying NULL COLLATE "C",
  "other_id" character varying NULL COLLATE "C",
  "version" bigint NULL,
  "other_version" bigint NULL,
  "created_at" timestamptz NOT NULL,
  "expires_at" timestamptz NOT NULL,
  "used_at" timestamptz NULL,
  "voided_at" timestamptz NULL,
  "user_id" character varying NOT NULL COLLATE "C",
  "session_id" character varying NULL COLLATE "C",
  PRIMARY KEY ("id"),
  CONSTRAINT "tokens_sessions_session" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "tokens_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "tokens_merge_names_both" CHECK (((purpose)::text = 'MERGE'::text) = ((other_id IS NOT NULL) AND (version IS NOT NULL) AND (other_version IS NOT NULL))),
  CONSTRAINT "tokens_of_a_session" CHECK (((purpose)::text = ANY ((ARRAY['REFRESH'::character varying, 'MERGE_PROOF'::character varying])::text[])) = (session_id IS NOT NULL)),
  CONSTRAINT "tokens_purpose_known" CHECK ((purpose)::text = ANY ((ARRAY['VERIFY_EMAIL'::character varying, 'RESET_PASSWORD'::character varying, 'REFRESH'::character varying, 'NEW_EMAIL'::character varying, 'MERGE_PROOF'::character varying, 'MERGE'::character varying])::text[])),
  CONSTRAINT "tokens_used_or_voided" CHECK ((used_at IS NULL) OR (voided_at IS NULL))
);
-- create index "token_other_id" to table: "tokens"
CREATE INDEX "token_other_id" ON "tokens" ("other_id");
-- create index "token_session_id" to table: "tokens"
CREATE INDEX "token_session_id" ON "tokens" ("session_id");
-- create index "token_user_id_purpose" to table: "tokens"
CREATE INDEX "token_user_id_purpose" ON "tokens" ("user_id", "purpose");
-- create index "tokens_hash" to table: "tokens"
CREATE UNIQUE INDEX "tokens_hash" ON "tokens" ("hash");

-- +goose Down
-- reverse: create index "tokens_hash" to table: "tokens"
DROP INDEX "tokens_hash";
-- reverse: create index "token_user_id_purpose" to table: "tokens"
DROP INDEX "token_user_id_purpose";
-- reverse: create index "token_session_id" to table: "tokens"
DROP INDEX "token_session_id";
-- reverse: create index "token_other_id" to table: "tokens"
DROP INDEX "token_other_id";
-- reverse: create "tokens" table
DROP TABLE "tokens";
-- reverse: create index "submission_addresses_one_for_ever" to table: "submission_addresses"
DROP INDEX "submission_addresses_one_for_ever";
-- reverse: create index "submission_addresses_of_member" to table: "submission_addresses"
DROP INDEX "submission_addresses_of_member";
-- reverse: create index "submission_addresses_of_account" to table: "submission_addresses"
DROP INDEX "submission_addresses_of_account";
-- reverse: create "submission_addresses" table
DROP TABLE "submission_addresses";
-- reverse: create index "sessions_secret" to table: "sessions"
DROP INDEX "sessions_secret";
-- reverse: create index "session_user_id" to table: "sessions"
DROP INDEX "session_user_id";
-- reverse: create "sessions" table
DROP TABLE "sessions";
-- reverse: create index "invitations_token" to table: "invitations"
DROP INDEX "invitations_token";
-- reverse: create index "invitations_one_pending" to table: "invitations"
DROP INDEX "invitations_one_pending";
-- reverse: create index "invitation_membership_id_created_at" to table: "invitations"
DROP INDEX "invitation_membership_id_created_at";
-- reverse: create index "invitation_link_id" to table: "invitations"
DROP INDEX "invitation_link_id";
-- reverse: create index "invitation_invited_by_id" to table: "invitations"
DROP INDEX "invitation_invited_by_id";
-- reverse: create "invitations" table
DROP TABLE "invitations";
-- reverse: create index "identities_one_per_provider" to table: "identities"
DROP INDEX "identities_one_per_provider";
-- reverse: create index "identities_one_login" to table: "identities"
DROP INDEX "identities_one_login";
-- reverse: create "identities" table
DROP TABLE "identities";
-- reverse: create index "idempotencykey_created_at" to table: "idempotency_keys"
DROP INDEX "idempotencykey_created_at";
-- reverse: create index "idempotency_keys_once" to table: "idempotency_keys"
DROP INDEX "idempotency_keys_once";
-- reverse: create "idempotency_keys" table
DROP TABLE "idempotency_keys";
-- reverse: create index "events_by_account" to table: "events"
DROP INDEX "events_by_account";
-- reverse: create index "event_user_id" to table: "events"
DROP INDEX "event_user_id";
-- reverse: create index "event_membership_id" to table: "events"
DROP INDEX "event_membership_id";
-- reverse: create "events" table
DROP TABLE "events";
-- reverse: create index "documents_same_file" to table: "documents"
DROP INDEX "documents_same_file";
-- reverse: create index "documents_owned" to table: "documents"
DROP INDEX "documents_owned";
-- reverse: create index "documents_one_file" to table: "documents"
DROP INDEX "documents_one_file";
-- reverse: create index "documents_by_status" to table: "documents"
DROP INDEX "documents_by_status";
-- reverse: create index "documents_by_owner" to table: "documents"
DROP INDEX "documents_by_owner";
-- reverse: create index "documents_by_age" to table: "documents"
DROP INDEX "documents_by_age";
-- reverse: create index "document_submitted_by_id" to table: "documents"
DROP INDEX "document_submitted_by_id";
-- reverse: create "documents" table
DROP TABLE "documents";
-- reverse: create index "clientgrant_client_account_id" to table: "client_grants"
DROP INDEX "clientgrant_client_account_id";
-- reverse: create index "client_grants_one_per_client" to table: "client_grants"
DROP INDEX "client_grants_one_per_client";
-- reverse: create index "client_grants_by_name" to table: "client_grants"
DROP INDEX "client_grants_by_name";
-- reverse: create index "client_grants_by_age" to table: "client_grants"
DROP INDEX "client_grants_by_age";
-- reverse: create "client_grants" table
DROP TABLE "client_grants";
-- reverse: create index "applicationuse_client_account_id" to table: "application_uses"
DROP INDEX "applicationuse_client_account_id";
-- reverse: create index "applicationuse_application_id" to table: "application_uses"
DROP INDEX "applicationuse_application_id";
-- reverse: create index "application_uses_once" to table: "application_uses"
DROP INDEX "application_uses_once";
-- reverse: create "application_uses" table
DROP TABLE "application_uses";
-- reverse: create index "memberships_one_per_login" to table: "memberships"
DROP INDEX "memberships_one_per_login";
-- reverse: create index "memberships_one_per_email" to table: "memberships"
DROP INDEX "memberships_one_per_email";
-- reverse: create index "memberships_one_owner" to table: "memberships"
DROP INDEX "memberships_one_owner";
-- reverse: create index "memberships_id_practice" to table: "memberships"
DROP INDEX "memberships_id_practice";
-- reverse: create index "memberships_id_client" to table: "memberships"
DROP INDEX "memberships_id_client";
-- reverse: create index "memberships_by_whats_app" to table: "memberships"
DROP INDEX "memberships_by_whats_app";
-- reverse: create index "memberships_by_name" to table: "memberships"
DROP INDEX "memberships_by_name";
-- reverse: create index "memberships_by_age" to table: "memberships"
DROP INDEX "memberships_by_age";
-- reverse: create index "memberships_by_activity" to table: "memberships"
DROP INDEX "memberships_by_activity";
-- reverse: create index "memberships_administrators" to table: "memberships"
DROP INDEX "memberships_administrators";
-- reverse: create index "membership_user_id" to table: "memberships"
DROP INDEX "membership_user_id";
-- reverse: create index "membership_role_id" to table: "memberships"
DROP INDEX "membership_role_id";
-- reverse: create index "membership_email" to table: "memberships"
DROP INDEX "membership_email";
-- reverse: create "memberships" table
DROP TABLE "memberships";
-- reverse: create index "roles_one_name" to table: "roles"
DROP INDEX "roles_one_name";
-- reverse: create index "roles_id_kind" to table: "roles"
DROP INDEX "roles_id_kind";
-- reverse: create "roles" table
DROP TABLE "roles";
-- reverse: create index "client_accounts_id_practice" to table: "client_accounts"
DROP INDEX "client_accounts_id_practice";
-- reverse: create index "client_accounts_by_name" to table: "client_accounts"
DROP INDEX "client_accounts_by_name";
-- reverse: create "client_accounts" table
DROP TABLE "client_accounts";
-- reverse: create index "applications_one_name" to table: "applications"
DROP INDEX "applications_one_name";
-- reverse: create index "applications_id_practice" to table: "applications"
DROP INDEX "applications_id_practice";
-- reverse: create "applications" table
DROP TABLE "applications";
-- reverse: create "practices" table
DROP TABLE "practices";
-- reverse: create index "account_uses_one" to table: "account_uses"
DROP INDEX "account_uses_one";
-- reverse: create index "account_uses_by_recency" to table: "account_uses"
DROP INDEX "account_uses_by_recency";
-- reverse: create "account_uses" table
DROP TABLE "account_uses";
-- reverse: create "kept_switchers" table
DROP TABLE "kept_switchers";
-- reverse: create index "received_once" to table: "receiveds"
DROP INDEX "received_once";
-- reverse: create "receiveds" table
DROP TABLE "receiveds";
-- reverse: create index "upload_created_at" to table: "uploads"
DROP INDEX "upload_created_at";
-- reverse: create "uploads" table
DROP TABLE "uploads";
-- reverse: create index "users_one_login_per_email" to table: "users"
DROP INDEX "users_one_login_per_email";
-- reverse: create index "user_merged_into_id" to table: "users"
DROP INDEX "user_merged_into_id";
-- reverse: create index "user_ended_email" to table: "users"
DROP INDEX "user_ended_email";
-- reverse: create "users" table
DROP TABLE "users";
-- reverse: create "attempts" table
DROP TABLE "attempts";
