-- +goose Up

-- The built-in roles, as roster/internal/rule has them; a test holds the two together.
INSERT INTO roles (id, name, name_key, kind, built_in, permissions, created_at) VALUES
  ('rol_practice_admin',    'Practice administrator', 'practice administrator', 'PRACTICE', true, 32512, '1970-01-01 00:00:00+00:00'),
  ('rol_client_admin',      'Client administrator', 'client administrator',   'PRACTICE', true, 23552, '1970-01-01 00:00:00+00:00'),
  ('rol_practice_standard', 'Standard', 'standard',               'PRACTICE', true, 0,     '1970-01-01 00:00:00+00:00'),
  ('rol_business_admin',    'Business administrator', 'business administrator', 'CLIENT',   true, 1023,  '1970-01-01 00:00:00+00:00'),
  ('rol_user_admin',        'User administrator', 'user administrator',     'CLIENT',   true, 383,   '1970-01-01 00:00:00+00:00'),
  ('rol_standard',          'Standard', 'standard',               'CLIENT',   true, 1,     '1970-01-01 00:00:00+00:00');

-- A membership is never deleted: it is removed, and stays. SQLite drops these with the table, so a migration that
-- makes the table anew must make them again.
-- +goose StatementBegin
CREATE TRIGGER memberships_kept BEFORE DELETE ON memberships BEGIN
  SELECT RAISE(ABORT, 'memberships_kept: a membership is never deleted');
END;
-- +goose StatementEnd

-- The journal is only added to.
-- +goose StatementBegin
CREATE TRIGGER events_kept_as_written BEFORE UPDATE ON events BEGIN
  SELECT RAISE(ABORT, 'events_kept: the journal is only added to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_kept BEFORE DELETE ON events BEGIN
  SELECT RAISE(ABORT, 'events_kept: the journal is only added to');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER events_kept;
DROP TRIGGER events_kept_as_written;
DROP TRIGGER memberships_kept;
DELETE FROM roles WHERE built_in;
