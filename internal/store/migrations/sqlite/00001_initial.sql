-- +goose Up
-- create "account_uses" table
CREATE TABLE `account_uses` (
  `id` text NOT NULL,
  `account_id` text NOT NULL,
  `used_at` datetime NOT NULL,
  `recency` integer NOT NULL,
  `user_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `account_uses_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION
);
-- create index "account_uses_one" to table: "account_uses"
CREATE UNIQUE INDEX `account_uses_one` ON `account_uses` (`user_id`, `account_id`);
-- create index "account_uses_by_recency" to table: "account_uses"
CREATE INDEX `account_uses_by_recency` ON `account_uses` (`user_id`, `recency`);
-- create "applications" table
CREATE TABLE `applications` (
  `id` text NOT NULL,
  `name` text NOT NULL,
  `name_key` text NOT NULL,
  `created_at` datetime NOT NULL,
  `practice_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `applications_practices_applications` FOREIGN KEY (`practice_id`) REFERENCES `practices` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `applications_name_present` CHECK ((name <> '' AND name_key <> ''))
);
-- create index "applications_id_practice" to table: "applications"
CREATE UNIQUE INDEX `applications_id_practice` ON `applications` (`id`, `practice_id`);
-- create index "applications_one_name" to table: "applications"
CREATE UNIQUE INDEX `applications_one_name` ON `applications` (`practice_id`, `name_key`);
-- create "application_uses" table
CREATE TABLE `application_uses` (
  `id` text NOT NULL,
  `client_account_id` text NOT NULL,
  `practice_id` text NOT NULL,
  `membership_id` text NOT NULL,
  `application_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `application_uses_own_application` FOREIGN KEY (`application_id`, `practice_id`) REFERENCES `applications` (`id`, `practice_id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `application_uses_own_user` FOREIGN KEY (`membership_id`, `client_account_id`) REFERENCES `memberships` (`id`, `client_account_id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `application_uses_own_client` FOREIGN KEY (`client_account_id`, `practice_id`) REFERENCES `client_accounts` (`id`, `practice_id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `application_uses_applications_application` FOREIGN KEY (`application_id`) REFERENCES `applications` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `application_uses_memberships_membership` FOREIGN KEY (`membership_id`) REFERENCES `memberships` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION
);
-- create index "application_uses_once" to table: "application_uses"
CREATE UNIQUE INDEX `application_uses_once` ON `application_uses` (`membership_id`, `application_id`);
-- create index "applicationuse_application_id" to table: "application_uses"
CREATE INDEX `applicationuse_application_id` ON `application_uses` (`application_id`);
-- create index "applicationuse_client_account_id" to table: "application_uses"
CREATE INDEX `applicationuse_client_account_id` ON `application_uses` (`client_account_id`);
-- create "attempts" table
CREATE TABLE `attempts` (
  `id` text NOT NULL,
  `failures` integer NOT NULL DEFAULT 0,
  `blocked_until` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
-- create "client_accounts" table
CREATE TABLE `client_accounts` (
  `id` text NOT NULL,
  `name` text NOT NULL,
  `name_key` text NOT NULL,
  `country` text NOT NULL DEFAULT 'GB',
  `version` integer NOT NULL DEFAULT 1,
  `created_at` datetime NOT NULL,
  `practice_id` text NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `client_accounts_practices_clients` FOREIGN KEY (`practice_id`) REFERENCES `practices` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `client_accounts_country_code` CHECK ((length(country) = 2)),
  CONSTRAINT `client_accounts_name_present` CHECK ((name <> '' AND name_key <> ''))
);
-- create index "client_accounts_id_practice" to table: "client_accounts"
CREATE UNIQUE INDEX `client_accounts_id_practice` ON `client_accounts` (`id`, `practice_id`);
-- create index "client_accounts_by_name" to table: "client_accounts"
CREATE INDEX `client_accounts_by_name` ON `client_accounts` (`practice_id`, `name_key`, `id`);
-- create "client_grants" table
CREATE TABLE `client_grants` (
  `id` text NOT NULL,
  `practice_id` text NOT NULL,
  `client_key` text NOT NULL,
  `granted_at` datetime NOT NULL,
  `expires_at` datetime NULL,
  `reason` text NULL,
  `client_account_id` text NOT NULL,
  `granted_by_id` text NULL,
  `membership_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `client_grants_own_colleague` FOREIGN KEY (`membership_id`, `practice_id`) REFERENCES `memberships` (`id`, `practice_id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `client_grants_own_client` FOREIGN KEY (`client_account_id`, `practice_id`) REFERENCES `client_accounts` (`id`, `practice_id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `client_grants_memberships_grants` FOREIGN KEY (`membership_id`) REFERENCES `memberships` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `client_grants_memberships_granted_by` FOREIGN KEY (`granted_by_id`) REFERENCES `memberships` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `client_grants_client_accounts_client_account` FOREIGN KEY (`client_account_id`) REFERENCES `client_accounts` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `client_grants_ends_later` CHECK ((expires_at IS NULL OR expires_at > granted_at))
);
-- create index "client_grants_one_per_client" to table: "client_grants"
CREATE UNIQUE INDEX `client_grants_one_per_client` ON `client_grants` (`membership_id`, `client_account_id`);
-- create index "client_grants_by_age" to table: "client_grants"
CREATE INDEX `client_grants_by_age` ON `client_grants` (`membership_id`, `granted_at`, `id`);
-- create index "client_grants_by_name" to table: "client_grants"
CREATE INDEX `client_grants_by_name` ON `client_grants` (`membership_id`, `client_key`, `client_account_id`);
-- create index "clientgrant_client_account_id" to table: "client_grants"
CREATE INDEX `clientgrant_client_account_id` ON `client_grants` (`client_account_id`);
-- create "documents" table
CREATE TABLE `documents` (
  `id` text NOT NULL,
  `submitted_by_name` text NOT NULL,
  `channel` text NOT NULL,
  `kind` text NOT NULL,
  `file_name` text NOT NULL,
  `search_key` text NOT NULL,
  `content_type` text NOT NULL,
  `size` integer NOT NULL,
  `sha256` text NOT NULL,
  `status` text NOT NULL,
  `blob_key` text NOT NULL,
  `created_at` datetime NOT NULL,
  `client_account_id` text NOT NULL,
  `owner_id` text NULL,
  `submitted_by_id` text NULL,
  `submitted_for_id` text NULL,
  `via_practice_id` text NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `documents_own_beneficiary` FOREIGN KEY (`submitted_for_id`, `client_account_id`) REFERENCES `memberships` (`id`, `client_account_id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `documents_own_owner` FOREIGN KEY (`owner_id`, `client_account_id`) REFERENCES `memberships` (`id`, `client_account_id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `documents_practices_via_practice` FOREIGN KEY (`via_practice_id`) REFERENCES `practices` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `documents_memberships_submitted_for` FOREIGN KEY (`submitted_for_id`) REFERENCES `memberships` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `documents_memberships_submitted_by` FOREIGN KEY (`submitted_by_id`) REFERENCES `memberships` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `documents_memberships_owner` FOREIGN KEY (`owner_id`) REFERENCES `memberships` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `documents_client_accounts_account` FOREIGN KEY (`client_account_id`) REFERENCES `client_accounts` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `documents_channel_known` CHECK ((channel IN ('WEB', 'MOBILE', 'EMAIL', 'WHATSAPP'))),
  CONSTRAINT `documents_kind_known` CHECK ((kind IN ('COSTS', 'SALES'))),
  CONSTRAINT `documents_status_known` CHECK ((status IN ('TO_REVIEW', 'ARCHIVED'))),
  CONSTRAINT `documents_whole` CHECK ((size > 0 AND length(sha256) = 64 AND file_name <> '' AND submitted_by_name <> ''))
);
-- create index "documents_by_age" to table: "documents"
CREATE INDEX `documents_by_age` ON `documents` (`client_account_id`, `created_at`, `id`);
-- create index "documents_by_status" to table: "documents"
CREATE INDEX `documents_by_status` ON `documents` (`client_account_id`, `status`, `created_at`, `id`);
-- create index "documents_by_owner" to table: "documents"
CREATE INDEX `documents_by_owner` ON `documents` (`client_account_id`, `owner_id`, `created_at`, `id`);
-- create index "documents_same_file" to table: "documents"
CREATE INDEX `documents_same_file` ON `documents` (`client_account_id`, `sha256`);
-- create index "documents_owned" to table: "documents"
CREATE INDEX `documents_owned` ON `documents` (`owner_id`);
-- create index "document_submitted_by_id" to table: "documents"
CREATE INDEX `document_submitted_by_id` ON `documents` (`submitted_by_id`);
-- create index "documents_one_file" to table: "documents"
CREATE UNIQUE INDEX `documents_one_file` ON `documents` (`blob_key`);
-- create "events" table
CREATE TABLE `events` (
  `id` text NOT NULL,
  `at` datetime NOT NULL,
  `verb` text NOT NULL,
  `account_id` text NULL,
  `actor_name` text NOT NULL,
  `reason` text NULL,
  `changes` text NOT NULL DEFAULT '[]',
  `request_id` text NULL,
  `practice_id` text NULL,
  `client_account_id` text NULL,
  `membership_id` text NULL,
  `user_id` text NULL,
  `actor_id` text NULL,
  `via_practice_id` text NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `events_practices_via_practice` FOREIGN KEY (`via_practice_id`) REFERENCES `practices` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `events_users_actor` FOREIGN KEY (`actor_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `events_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `events_memberships_membership` FOREIGN KEY (`membership_id`) REFERENCES `memberships` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `events_client_accounts_client_account` FOREIGN KEY (`client_account_id`) REFERENCES `client_accounts` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `events_practices_practice` FOREIGN KEY (`practice_id`) REFERENCES `practices` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION
);
-- create index "events_by_account" to table: "events"
CREATE INDEX `events_by_account` ON `events` (`account_id`, `at`, `id`);
-- create index "event_membership_id" to table: "events"
CREATE INDEX `event_membership_id` ON `events` (`membership_id`);
-- create index "event_user_id" to table: "events"
CREATE INDEX `event_user_id` ON `events` (`user_id`);
-- create "idempotency_keys" table
CREATE TABLE `idempotency_keys` (
  `id` text NOT NULL,
  `mutation` text NOT NULL,
  `key` text NOT NULL,
  `input_hash` text NOT NULL,
  `result` text NOT NULL,
  `created_at` datetime NOT NULL,
  `user_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `idempotency_keys_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION
);
-- create index "idempotency_keys_once" to table: "idempotency_keys"
CREATE UNIQUE INDEX `idempotency_keys_once` ON `idempotency_keys` (`user_id`, `mutation`, `key`);
-- create index "idempotencykey_created_at" to table: "idempotency_keys"
CREATE INDEX `idempotencykey_created_at` ON `idempotency_keys` (`created_at`);
-- create "identities" table
CREATE TABLE `identities` (
  `id` text NOT NULL,
  `provider` text NOT NULL,
  `issuer` text NOT NULL,
  `subject` text NOT NULL,
  `email` text NULL,
  `linked_at` datetime NOT NULL,
  `user_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `identities_users_identities` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `identities_subject_present` CHECK ((subject <> ''))
);
-- create index "identities_one_login" to table: "identities"
CREATE UNIQUE INDEX `identities_one_login` ON `identities` (`issuer`, `subject`);
-- create index "identities_one_per_provider" to table: "identities"
CREATE UNIQUE INDEX `identities_one_per_provider` ON `identities` (`user_id`, `provider`);
-- create "invitations" table
CREATE TABLE `invitations` (
  `id` text NOT NULL,
  `channel` text NOT NULL,
  `status` text NOT NULL,
  `delivery` text NOT NULL,
  `delivery_error` text NULL,
  `link_id` text NOT NULL,
  `token_hash` text NULL,
  `was_document_owner` bool NOT NULL DEFAULT false,
  `sent_count` integer NOT NULL DEFAULT 0,
  `sent_to` text NULL,
  `sent_from` text NULL,
  `invited_by_name` text NOT NULL,
  `created_at` datetime NOT NULL,
  `last_sent_at` datetime NULL,
  `expires_at` datetime NULL,
  `accepted_at` datetime NULL,
  `declined_at` datetime NULL,
  `cancelled_at` datetime NULL,
  `invited_by_id` text NOT NULL,
  `via_practice_id` text NULL,
  `membership_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `invitations_memberships_invitations` FOREIGN KEY (`membership_id`) REFERENCES `memberships` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `invitations_practices_via_practice` FOREIGN KEY (`via_practice_id`) REFERENCES `practices` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `invitations_users_invited_by` FOREIGN KEY (`invited_by_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `invitations_accepted_at` CHECK (((status = 'ACCEPTED') = (accepted_at IS NOT NULL))),
  CONSTRAINT `invitations_cancelled_at` CHECK (((status = 'CANCELLED') = (cancelled_at IS NOT NULL))),
  CONSTRAINT `invitations_channel_known` CHECK ((channel IN ('EMAIL', 'SMS', 'NONE'))),
  CONSTRAINT `invitations_declined_at` CHECK (((status = 'DECLINED') = (declined_at IS NOT NULL))),
  CONSTRAINT `invitations_delivery_known` CHECK ((delivery IN ('NOT_SENT', 'QUEUED', 'SENT', 'FAILED'))),
  CONSTRAINT `invitations_sent_has_link` CHECK (((sent_count = 0) = (token_hash IS NULL))),
  CONSTRAINT `invitations_status_known` CHECK ((status IN ('PENDING', 'ACCEPTED', 'DECLINED', 'CANCELLED'))),
  CONSTRAINT `invitations_unsent_never_expires` CHECK (((last_sent_at IS NULL) = (expires_at IS NULL)))
);
-- create index "invitations_one_pending" to table: "invitations"
CREATE UNIQUE INDEX `invitations_one_pending` ON `invitations` (`membership_id`) WHERE status = 'PENDING';
-- create index "invitations_token" to table: "invitations"
CREATE INDEX `invitations_token` ON `invitations` (`token_hash`);
-- create index "invitation_link_id" to table: "invitations"
CREATE INDEX `invitation_link_id` ON `invitations` (`link_id`);
-- create index "invitation_invited_by_id" to table: "invitations"
CREATE INDEX `invitation_invited_by_id` ON `invitations` (`invited_by_id`);
-- create index "invitation_membership_id_created_at" to table: "invitations"
CREATE INDEX `invitation_membership_id_created_at` ON `invitations` (`membership_id`, `created_at`);
-- create "kept_switchers" table
CREATE TABLE `kept_switchers` (
  `id` text NOT NULL,
  `page` text NULL,
  PRIMARY KEY (`id`)
);
-- create "memberships" table
CREATE TABLE `memberships` (
  `id` text NOT NULL,
  `kind` text NOT NULL,
  `account_id` text NOT NULL,
  `permissions` integer NOT NULL,
  `first_name` text NOT NULL,
  `last_name` text NOT NULL,
  `name_key` text NOT NULL,
  `search_key` text NOT NULL,
  `email` text NULL,
  `mobile` text NULL,
  `whats_app_mobile` text NULL,
  `whats_app_active` bool NOT NULL DEFAULT false,
  `login_access` bool NOT NULL,
  `status` text NOT NULL,
  `is_owner` bool NOT NULL DEFAULT false,
  `version` integer NOT NULL DEFAULT 1,
  `created_at` datetime NOT NULL,
  `last_active_at` datetime NOT NULL,
  `joined_at` datetime NULL,
  `deactivated_at` datetime NULL,
  `removed_at` datetime NULL,
  `client_account_id` text NULL,
  `billable_account_id` text NULL,
  `role_id` text NOT NULL,
  `practice_id` text NULL,
  `user_id` text NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `memberships_role_of_kind` FOREIGN KEY (`role_id`, `kind`) REFERENCES `roles` (`id`, `kind`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `memberships_users_memberships` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `memberships_practices_colleagues` FOREIGN KEY (`practice_id`) REFERENCES `practices` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `memberships_roles_role` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `memberships_client_accounts_billable_account` FOREIGN KEY (`billable_account_id`) REFERENCES `client_accounts` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `memberships_client_accounts_users` FOREIGN KEY (`client_account_id`) REFERENCES `client_accounts` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `memberships_active_login_has_user` CHECK ((NOT (status = 'ACTIVE' AND login_access) OR user_id IS NOT NULL)),
  CONSTRAINT `memberships_colleague_has_login_access` CHECK ((kind = 'CLIENT' OR login_access)),
  CONSTRAINT `memberships_deactivated_at` CHECK (((status = 'DEACTIVATED') = (deactivated_at IS NOT NULL))),
  CONSTRAINT `memberships_kind_known` CHECK ((kind IN ('PRACTICE', 'CLIENT'))),
  CONSTRAINT `memberships_login_access_has_email` CHECK ((NOT login_access OR email IS NOT NULL)),
  CONSTRAINT `memberships_not_yet_in` CHECK ((NOT (status IN ('PENDING', 'AWAITING_ACTIVATION')) OR (user_id IS NULL AND login_access))),
  CONSTRAINT `memberships_one_account` CHECK (((kind = 'PRACTICE' AND practice_id IS NOT NULL AND practice_id = account_id AND client_account_id IS NULL) OR (kind = 'CLIENT' AND client_account_id IS NOT NULL AND client_account_id = account_id AND practice_id IS NULL))),
  CONSTRAINT `memberships_owner_stays` CHECK ((NOT is_owner OR status NOT IN ('DEACTIVATED', 'REMOVED'))),
  CONSTRAINT `memberships_permissions_fit` CHECK ((kind = 'PRACTICE' AND (permissions & ~32512) = 0 OR kind = 'CLIENT' AND (permissions & ~1023) = 0)),
  CONSTRAINT `memberships_removed_at` CHECK (((status = 'REMOVED') = (removed_at IS NOT NULL))),
  CONSTRAINT `memberships_status_known` CHECK ((status IN ('AWAITING_ACTIVATION', 'PENDING', 'ACTIVE', 'DEACTIVATED', 'REMOVED'))),
  CONSTRAINT `memberships_whats_app_has_number` CHECK ((NOT whats_app_active OR (kind = 'CLIENT' AND whats_app_mobile IS NOT NULL)))
);
-- create index "memberships_id_practice" to table: "memberships"
CREATE UNIQUE INDEX `memberships_id_practice` ON `memberships` (`id`, `practice_id`);
-- create index "memberships_id_client" to table: "memberships"
CREATE UNIQUE INDEX `memberships_id_client` ON `memberships` (`id`, `client_account_id`);
-- create index "memberships_one_owner" to table: "memberships"
CREATE UNIQUE INDEX `memberships_one_owner` ON `memberships` (`account_id`) WHERE is_owner;
-- create index "memberships_one_per_login" to table: "memberships"
CREATE UNIQUE INDEX `memberships_one_per_login` ON `memberships` (`account_id`, `user_id`) WHERE status <> 'REMOVED';
-- create index "memberships_one_per_email" to table: "memberships"
CREATE UNIQUE INDEX `memberships_one_per_email` ON `memberships` (`account_id`, `email`) WHERE status <> 'REMOVED';
-- create index "memberships_administrators" to table: "memberships"
CREATE INDEX `memberships_administrators` ON `memberships` (`account_id`) WHERE status = 'ACTIVE' AND login_access AND (permissions & 8320) <> 0;
-- create index "memberships_by_name" to table: "memberships"
CREATE INDEX `memberships_by_name` ON `memberships` (`account_id`, `name_key`, `id`);
-- create index "memberships_by_age" to table: "memberships"
CREATE INDEX `memberships_by_age` ON `memberships` (`account_id`, `created_at`, `id`);
-- create index "memberships_by_activity" to table: "memberships"
CREATE INDEX `memberships_by_activity` ON `memberships` (`account_id`, `last_active_at`, `id`);
-- create index "membership_user_id" to table: "memberships"
CREATE INDEX `membership_user_id` ON `memberships` (`user_id`);
-- create index "membership_email" to table: "memberships"
CREATE INDEX `membership_email` ON `memberships` (`email`);
-- create index "membership_role_id" to table: "memberships"
CREATE INDEX `membership_role_id` ON `memberships` (`role_id`);
-- create index "memberships_by_whats_app" to table: "memberships"
CREATE INDEX `memberships_by_whats_app` ON `memberships` (`whats_app_mobile`) WHERE whats_app_active;
-- create "practices" table
CREATE TABLE `practices` (
  `id` text NOT NULL,
  `name` text NOT NULL,
  `name_key` text NOT NULL,
  `country` text NOT NULL DEFAULT 'GB',
  `clients_keep_an_administrator` bool NOT NULL DEFAULT false,
  `version` integer NOT NULL DEFAULT 1,
  `created_at` datetime NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `practices_country_code` CHECK ((length(country) = 2)),
  CONSTRAINT `practices_name_present` CHECK ((name <> '' AND name_key <> ''))
);
-- create "receiveds" table
CREATE TABLE `receiveds` (
  `id` text NOT NULL,
  `recipient` text NOT NULL,
  `message` text NOT NULL,
  `created_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
-- create index "received_once" to table: "receiveds"
CREATE UNIQUE INDEX `received_once` ON `receiveds` (`recipient`, `message`);
-- create "roles" table
CREATE TABLE `roles` (
  `id` text NOT NULL,
  `kind` text NOT NULL,
  `name` text NOT NULL,
  `name_key` text NOT NULL,
  `built_in` bool NOT NULL DEFAULT false,
  `permissions` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `deleted_at` datetime NULL,
  `practice_id` text NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `roles_practices_custom_roles` FOREIGN KEY (`practice_id`) REFERENCES `practices` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `roles_built_in_or_own` CHECK ((built_in = (practice_id IS NULL))),
  CONSTRAINT `roles_built_in_stays` CHECK ((NOT built_in OR deleted_at IS NULL)),
  CONSTRAINT `roles_kind_known` CHECK ((kind IN ('PRACTICE', 'CLIENT'))),
  CONSTRAINT `roles_permissions_fit` CHECK ((kind = 'PRACTICE' AND (permissions & ~32512) = 0 OR kind = 'CLIENT' AND (permissions & ~1023) = 0))
);
-- create index "roles_id_kind" to table: "roles"
CREATE UNIQUE INDEX `roles_id_kind` ON `roles` (`id`, `kind`);
-- create index "roles_one_name" to table: "roles"
CREATE UNIQUE INDEX `roles_one_name` ON `roles` (`practice_id`, `kind`, `name_key`) WHERE deleted_at IS NULL;
-- create "sessions" table
CREATE TABLE `sessions` (
  `id` text NOT NULL,
  `kind` text NOT NULL,
  `secret_hash` text NOT NULL,
  `secret_expires_at` datetime NOT NULL,
  `expires_at` datetime NOT NULL,
  `created_at` datetime NOT NULL,
  `signed_in_at` datetime NOT NULL,
  `last_seen_at` datetime NOT NULL,
  `ended_at` datetime NULL,
  `user_agent` text NULL,
  `ip_address` text NULL,
  `current_account_id` text NULL,
  `identity_id` text NULL,
  `user_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `sessions_users_sessions` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `sessions_kind_known` CHECK ((kind IN ('WEB', 'MOBILE'))),
  CONSTRAINT `sessions_secret_within` CHECK ((secret_expires_at <= expires_at))
);
-- create index "sessions_secret" to table: "sessions"
CREATE UNIQUE INDEX `sessions_secret` ON `sessions` (`secret_hash`);
-- create index "session_user_id" to table: "sessions"
CREATE INDEX `session_user_id` ON `sessions` (`user_id`);
-- create "submission_addresses" table
CREATE TABLE `submission_addresses` (
  `id` text NOT NULL,
  `kind` text NOT NULL,
  `local_part` text NOT NULL,
  `created_at` datetime NOT NULL,
  `retired_at` datetime NULL,
  `client_account_id` text NOT NULL,
  `membership_id` text NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `submission_addresses_own_user` FOREIGN KEY (`membership_id`, `client_account_id`) REFERENCES `memberships` (`id`, `client_account_id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `submission_addresses_memberships_submission_addresses` FOREIGN KEY (`membership_id`) REFERENCES `memberships` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `submission_addresses_client_accounts_submission_addresses` FOREIGN KEY (`client_account_id`) REFERENCES `client_accounts` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `submission_addresses_kind_known` CHECK ((kind IN ('COSTS', 'SALES'))),
  CONSTRAINT `submission_addresses_local_part_folded` CHECK ((local_part = lower(local_part)))
);
-- create index "submission_addresses_one_for_ever" to table: "submission_addresses"
CREATE UNIQUE INDEX `submission_addresses_one_for_ever` ON `submission_addresses` (`local_part`);
-- create index "submission_addresses_of_member" to table: "submission_addresses"
CREATE INDEX `submission_addresses_of_member` ON `submission_addresses` (`membership_id`, `kind`);
-- create index "submission_addresses_of_account" to table: "submission_addresses"
CREATE INDEX `submission_addresses_of_account` ON `submission_addresses` (`client_account_id`, `kind`) WHERE membership_id IS NULL;
-- create "tokens" table
CREATE TABLE `tokens` (
  `id` text NOT NULL,
  `purpose` text NOT NULL,
  `hash` text NOT NULL,
  `email` text NULL,
  `former_email` text NULL,
  `other_id` text NULL,
  `version` integer NULL,
  `other_version` integer NULL,
  `created_at` datetime NOT NULL,
  `expires_at` datetime NOT NULL,
  `used_at` datetime NULL,
  `voided_at` datetime NULL,
  `user_id` text NOT NULL,
  `session_id` text NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `tokens_sessions_session` FOREIGN KEY (`session_id`) REFERENCES `sessions` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `tokens_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `tokens_merge_names_both` CHECK (((purpose = 'MERGE') = (other_id IS NOT NULL AND version IS NOT NULL AND other_version IS NOT NULL))),
  CONSTRAINT `tokens_of_a_session` CHECK (((purpose IN ('REFRESH', 'MERGE_PROOF')) = (session_id IS NOT NULL))),
  CONSTRAINT `tokens_purpose_known` CHECK ((purpose IN ('VERIFY_EMAIL', 'RESET_PASSWORD', 'REFRESH', 'NEW_EMAIL', 'MERGE_PROOF', 'MERGE'))),
  CONSTRAINT `tokens_used_or_voided` CHECK ((used_at IS NULL OR voided_at IS NULL))
);
-- create index "tokens_hash" to table: "tokens"
CREATE UNIQUE INDEX `tokens_hash` ON `tokens` (`hash`);
-- create index "token_user_id_purpose" to table: "tokens"
CREATE INDEX `token_user_id_purpose` ON `tokens` (`user_id`, `purpose`);
-- create index "token_session_id" to table: "tokens"
CREATE INDEX `token_session_id` ON `tokens` (`session_id`);
-- create index "token_other_id" to table: "tokens"
CREATE INDEX `token_other_id` ON `tokens` (`other_id`);
-- create "uploads" table
CREATE TABLE `uploads` (
  `id` text NOT NULL,
  `swept` bool NOT NULL DEFAULT false,
  `created_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
-- create index "upload_created_at" to table: "uploads"
CREATE INDEX `upload_created_at` ON `uploads` (`created_at`);
-- create "users" table
CREATE TABLE `users` (
  `id` text NOT NULL,
  `email` text NOT NULL,
  `first_name` text NOT NULL,
  `last_name` text NOT NULL,
  `password_hash` text NULL,
  `email_verified_at` datetime NULL,
  `mobile` text NULL,
  `mobile_verified_at` datetime NULL,
  `last_sign_in_at` datetime NULL,
  `support` bool NOT NULL DEFAULT false,
  `version` integer NOT NULL DEFAULT 1,
  `ended_at` datetime NULL,
  `merged_into_id` text NULL,
  `ended_email` text NULL,
  `created_at` datetime NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `users_email_present` CHECK ((email <> '')),
  CONSTRAINT `users_ended_frees_address` CHECK (((ended_at IS NOT NULL) = (email = id))),
  CONSTRAINT `users_ended_lets_nobody_in` CHECK ((ended_at IS NULL OR password_hash IS NULL)),
  CONSTRAINT `users_ended_whole` CHECK (((ended_at IS NULL) = (merged_into_id IS NULL) AND (ended_at IS NULL) = (ended_email IS NULL)))
);
-- create index "users_one_login_per_email" to table: "users"
CREATE UNIQUE INDEX `users_one_login_per_email` ON `users` (`email`);
-- create index "user_ended_email" to table: "users"
CREATE INDEX `user_ended_email` ON `users` (`ended_email`);
-- create index "user_merged_into_id" to table: "users"
CREATE INDEX `user_merged_into_id` ON `users` (`merged_into_id`);

-- +goose Down
-- reverse: create index "user_merged_into_id" to table: "users"
DROP INDEX `user_merged_into_id`;
-- reverse: create index "user_ended_email" to table: "users"
DROP INDEX `user_ended_email`;
-- reverse: create index "users_one_login_per_email" to table: "users"
DROP INDEX `users_one_login_per_email`;
-- reverse: create "users" table
DROP TABLE `users`;
-- reverse: create index "upload_created_at" to table: "uploads"
DROP INDEX `upload_created_at`;
-- reverse: create "uploads" table
DROP TABLE `uploads`;
-- reverse: create index "token_other_id" to table: "tokens"
DROP INDEX `token_other_id`;
-- reverse: create index "token_session_id" to table: "tokens"
DROP INDEX `token_session_id`;
-- reverse: create index "token_user_id_purpose" to table: "tokens"
DROP INDEX `token_user_id_purpose`;
-- reverse: create index "tokens_hash" to table: "tokens"
DROP INDEX `tokens_hash`;
-- reverse: create "tokens" table
DROP TABLE `tokens`;
-- reverse: create index "submission_addresses_of_account" to table: "submission_addresses"
DROP INDEX `submission_addresses_of_account`;
-- reverse: create index "submission_addresses_of_member" to table: "submission_addresses"
DROP INDEX `submission_addresses_of_member`;
-- reverse: create index "submission_addresses_one_for_ever" to table: "submission_addresses"
DROP INDEX `submission_addresses_one_for_ever`;
-- reverse: create "submission_addresses" table
DROP TABLE `submission_addresses`;
-- reverse: create index "session_user_id" to table: "sessions"
DROP INDEX `session_user_id`;
-- reverse: create index "sessions_secret" to table: "sessions"
DROP INDEX `sessions_secret`;
-- reverse: create "sessions" table
DROP TABLE `sessions`;
-- reverse: create index "roles_one_name" to table: "roles"
DROP INDEX `roles_one_name`;
-- reverse: create index "roles_id_kind" to table: "roles"
DROP INDEX `roles_id_kind`;
-- reverse: create "roles" table
DROP TABLE `roles`;
-- reverse: create index "received_once" to table: "receiveds"
DROP INDEX `received_once`;
-- reverse: create "receiveds" table
DROP TABLE `receiveds`;
-- reverse: create "practices" table
DROP TABLE `practices`;
-- reverse: create index "memberships_by_whats_app" to table: "memberships"
DROP INDEX `memberships_by_whats_app`;
-- reverse: create index "membership_role_id" to table: "memberships"
DROP INDEX `membership_role_id`;
-- reverse: create index "membership_email" to table: "memberships"
DROP INDEX `membership_email`;
-- reverse: create index "membership_user_id" to table: "memberships"
DROP INDEX `membership_user_id`;
-- reverse: create index "memberships_by_activity" to table: "memberships"
DROP INDEX `memberships_by_activity`;
-- reverse: create index "memberships_by_age" to table: "memberships"
DROP INDEX `memberships_by_age`;
-- reverse: create index "memberships_by_name" to table: "memberships"
DROP INDEX `memberships_by_name`;
-- reverse: create index "memberships_administrators" to table: "memberships"
DROP INDEX `memberships_administrators`;
-- reverse: create index "memberships_one_per_email" to table: "memberships"
DROP INDEX `memberships_one_per_email`;
-- reverse: create index "memberships_one_per_login" to table: "memberships"
DROP INDEX `memberships_one_per_login`;
-- reverse: create index "memberships_one_owner" to table: "memberships"
DROP INDEX `memberships_one_owner`;
-- reverse: create index "memberships_id_client" to table: "memberships"
DROP INDEX `memberships_id_client`;
-- reverse: create index "memberships_id_practice" to table: "memberships"
DROP INDEX `memberships_id_practice`;
-- reverse: create "memberships" table
DROP TABLE `memberships`;
-- reverse: create "kept_switchers" table
DROP TABLE `kept_switchers`;
-- reverse: create index "invitation_membership_id_created_at" to table: "invitations"
DROP INDEX `invitation_membership_id_created_at`;
-- reverse: create index "invitation_invited_by_id" to table: "invitations"
DROP INDEX `invitation_invited_by_id`;
-- reverse: create index "invitation_link_id" to table: "invitations"
DROP INDEX `invitation_link_id`;
-- reverse: create index "invitations_token" to table: "invitations"
DROP INDEX `invitations_token`;
-- reverse: create index "invitations_one_pending" to table: "invitations"
DROP INDEX `invitations_one_pending`;
-- reverse: create "invitations" table
DROP TABLE `invitations`;
-- reverse: create index "identities_one_per_provider" to table: "identities"
DROP INDEX `identities_one_per_provider`;
-- reverse: create index "identities_one_login" to table: "identities"
DROP INDEX `identities_one_login`;
-- reverse: create "identities" table
DROP TABLE `identities`;
-- reverse: create index "idempotencykey_created_at" to table: "idempotency_keys"
DROP INDEX `idempotencykey_created_at`;
-- reverse: create index "idempotency_keys_once" to table: "idempotency_keys"
DROP INDEX `idempotency_keys_once`;
-- reverse: create "idempotency_keys" table
DROP TABLE `idempotency_keys`;
-- reverse: create index "event_user_id" to table: "events"
DROP INDEX `event_user_id`;
-- reverse: create index "event_membership_id" to table: "events"
DROP INDEX `event_membership_id`;
-- reverse: create index "events_by_account" to table: "events"
DROP INDEX `events_by_account`;
-- reverse: create "events" table
DROP TABLE `events`;
-- reverse: create index "documents_one_file" to table: "documents"
DROP INDEX `documents_one_file`;
-- reverse: create index "document_submitted_by_id" to table: "documents"
DROP INDEX `document_submitted_by_id`;
-- reverse: create index "documents_owned" to table: "documents"
DROP INDEX `documents_owned`;
-- reverse: create index "documents_same_file" to table: "documents"
DROP INDEX `documents_same_file`;
-- reverse: create index "documents_by_owner" to table: "documents"
DROP INDEX `documents_by_owner`;
-- reverse: create index "documents_by_status" to table: "documents"
DROP INDEX `documents_by_status`;
-- reverse: create index "documents_by_age" to table: "documents"
DROP INDEX `documents_by_age`;
-- reverse: create "documents" table
DROP TABLE `documents`;
-- reverse: create index "clientgrant_client_account_id" to table: "client_grants"
DROP INDEX `clientgrant_client_account_id`;
-- reverse: create index "client_grants_by_name" to table: "client_grants"
DROP INDEX `client_grants_by_name`;
-- reverse: create index "client_grants_by_age" to table: "client_grants"
DROP INDEX `client_grants_by_age`;
-- reverse: create index "client_grants_one_per_client" to table: "client_grants"
DROP INDEX `client_grants_one_per_client`;
-- reverse: create "client_grants" table
DROP TABLE `client_grants`;
-- reverse: create index "client_accounts_by_name" to table: "client_accounts"
DROP INDEX `client_accounts_by_name`;
-- reverse: create index "client_accounts_id_practice" to table: "client_accounts"
DROP INDEX `client_accounts_id_practice`;
-- reverse: create "client_accounts" table
DROP TABLE `client_accounts`;
-- reverse: create "attempts" table
DROP TABLE `attempts`;
-- reverse: create index "applicationuse_client_account_id" to table: "application_uses"
DROP INDEX `applicationuse_client_account_id`;
-- reverse: create index "applicationuse_application_id" to table: "application_uses"
DROP INDEX `applicationuse_application_id`;
-- reverse: create index "application_uses_once" to table: "application_uses"
DROP INDEX `application_uses_once`;
-- reverse: create "application_uses" table
DROP TABLE `application_uses`;
-- reverse: create index "applications_one_name" to table: "applications"
DROP INDEX `applications_one_name`;
-- reverse: create index "applications_id_practice" to table: "applications"
DROP INDEX `applications_id_practice`;
-- reverse: create "applications" table
DROP TABLE `applications`;
-- reverse: create index "account_uses_by_recency" to table: "account_uses"
DROP INDEX `account_uses_by_recency`;
-- reverse: create index "account_uses_one" to table: "account_uses"
DROP INDEX `account_uses_one`;
-- reverse: create "account_uses" table
DROP TABLE `account_uses`;
