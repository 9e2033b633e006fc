-- +goose Up

-- The built-in roles, as roster/internal/rule has them; a test holds the two together.
INSERT INTO roles (id, name, name_key, kind, built_in, permissions, created_at) VALUES
  ('rol_practice_admin',    'Practice administrator', 'practice administrator', 'PRACTICE', true, 32512, '1970-01-01 00:00:00+00:00'),
  ('rol_client_admin',      'Client administrator', 'client administrator',   'PRACTICE', true, 23552, '1970-01-01 00:00:00+00:00'),
  ('rol_practice_standard', 'Standard', 'standard',               'PRACTICE', true, 0,     '1970-01-01 00:00:00+00:00'),
  ('rol_business_admin',    'Business administrator', 'business administrator', 'CLIENT',   true, 1023,  '1970-01-01 00:00:00+00:00'),
  ('rol_user_admin',        'User administrator', 'user administrator',     'CLIENT',   true, 383,   '1970-01-01 00:00:00+00:00'),
  ('rol_standard',          'Standard', 'standard',               'CLIENT',   true, 1,     '1970-01-01 00:00:00+00:00');

-- Refuses what the trigger is fired by, under the name that the trigger gives.
-- +goose StatementBegin
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: %', TG_ARGV[0], TG_ARGV[1] USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_ARGV[0];
END
$$;
-- +goose StatementEnd

-- A membership is never deleted: it is removed, and stays.
CREATE TRIGGER memberships_kept BEFORE DELETE OR TRUNCATE ON memberships
  FOR EACH STATEMENT EXECUTE FUNCTION refuse('memberships_kept', 'a membership is never deleted');

-- The journal is only added to.
CREATE TRIGGER events_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse('events_kept', 'the journal is only added to');

-- What the switcher of a login begins with is forgotten with whatever it shows. The row is written even where it holds nothing,
-- so that who puts it together at that moment, from what is old by then, is in each other's way with this and begins anew. Whose
-- switchers show a client or a role is known for certain only where nobody can come into it meanwhile.
-- +goose StatementBegin
CREATE FUNCTION forget_switchers() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_TABLE_NAME IN ('client_accounts', 'roles') AND current_setting('transaction_isolation') <> 'serializable' THEN
    RAISE EXCEPTION 'kept_switchers_serializable: change % in a transaction that began with BEGIN ISOLATION LEVEL SERIALIZABLE', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kept_switchers_serializable';
  END IF;
  IF TG_TABLE_NAME = 'client_accounts' THEN
    INSERT INTO kept_switchers (id) SELECT DISTINCT user_id FROM memberships WHERE account_id = NEW.id AND user_id IS NOT NULL ORDER BY user_id
      ON CONFLICT (id) DO UPDATE SET page = NULL;
  ELSIF TG_TABLE_NAME = 'roles' THEN
    INSERT INTO kept_switchers (id) SELECT DISTINCT user_id FROM memberships WHERE role_id = NEW.id AND user_id IS NOT NULL ORDER BY user_id
      ON CONFLICT (id) DO UPDATE SET page = NULL;
  ELSE
    IF TG_OP <> 'INSERT' AND OLD.user_id IS NOT NULL THEN
      INSERT INTO kept_switchers (id) VALUES (OLD.user_id) ON CONFLICT (id) DO UPDATE SET page = NULL;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.user_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.user_id IS DISTINCT FROM OLD.user_id) THEN
      INSERT INTO kept_switchers (id) VALUES (NEW.user_id) ON CONFLICT (id) DO UPDATE SET page = NULL;
    END IF;
  END IF;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER memberships_shown AFTER INSERT OR UPDATE ON memberships FOR EACH ROW EXECUTE FUNCTION forget_switchers();
CREATE TRIGGER account_uses_shown AFTER INSERT OR UPDATE OR DELETE ON account_uses FOR EACH ROW EXECUTE FUNCTION forget_switchers();
CREATE TRIGGER client_accounts_shown AFTER UPDATE ON client_accounts FOR EACH ROW EXECUTE FUNCTION forget_switchers();
CREATE TRIGGER roles_shown AFTER UPDATE ON roles FOR EACH ROW EXECUTE FUNCTION forget_switchers();

-- +goose Down
DROP TRIGGER roles_shown ON roles;
DROP TRIGGER client_accounts_shown ON client_accounts;
DROP TRIGGER account_uses_shown ON account_uses;
DROP TRIGGER memberships_shown ON memberships;
DROP FUNCTION forget_switchers();
DROP TRIGGER events_kept ON events;
DROP TRIGGER memberships_kept ON memberships;
DROP FUNCTION refuse();
DELETE FROM roles WHERE built_in;
