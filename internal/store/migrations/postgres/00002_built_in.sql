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

-- +goose Down
DROP TRIGGER events_kept ON events;
DROP TRIGGER memberships_kept ON memberships;
DROP FUNCTION refuse();
DELETE FROM roles WHERE built_in;
