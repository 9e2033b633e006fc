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

-- What the switcher of a login begins with is forgotten with whatever it shows.
-- +goose StatementBegin
CREATE TRIGGER memberships_shown_insert AFTER INSERT ON memberships WHEN NEW.user_id IS NOT NULL BEGIN
  INSERT INTO kept_switchers (id) VALUES (NEW.user_id)
    ON CONFLICT (id) DO UPDATE SET page = NULL;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER memberships_shown_update AFTER UPDATE ON memberships WHEN NEW.user_id IS NOT NULL BEGIN
  INSERT INTO kept_switchers (id) VALUES (NEW.user_id)
    ON CONFLICT (id) DO UPDATE SET page = NULL;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER memberships_shown_before AFTER UPDATE ON memberships WHEN OLD.user_id IS NOT NULL AND OLD.user_id IS NOT NEW.user_id BEGIN
  INSERT INTO kept_switchers (id) VALUES (OLD.user_id)
    ON CONFLICT (id) DO UPDATE SET page = NULL;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_uses_shown_insert AFTER INSERT ON account_uses BEGIN
  INSERT INTO kept_switchers (id) VALUES (NEW.user_id)
    ON CONFLICT (id) DO UPDATE SET page = NULL;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_uses_shown_update AFTER UPDATE ON account_uses BEGIN
  INSERT INTO kept_switchers (id) VALUES (NEW.user_id)
    ON CONFLICT (id) DO UPDATE SET page = NULL;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_uses_shown_before AFTER UPDATE ON account_uses WHEN OLD.user_id IS NOT NEW.user_id BEGIN
  INSERT INTO kept_switchers (id) VALUES (OLD.user_id)
    ON CONFLICT (id) DO UPDATE SET page = NULL;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_uses_shown_delete AFTER DELETE ON account_uses BEGIN
  INSERT INTO kept_switchers (id) VALUES (OLD.user_id)
    ON CONFLICT (id) DO UPDATE SET page = NULL;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER client_accounts_shown AFTER UPDATE ON client_accounts BEGIN
  INSERT INTO kept_switchers (id) SELECT DISTINCT user_id FROM memberships WHERE account_id = NEW.id AND user_id IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET page = NULL;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roles_shown AFTER UPDATE ON roles BEGIN
  INSERT INTO kept_switchers (id) SELECT DISTINCT user_id FROM memberships WHERE role_id = NEW.id AND user_id IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET page = NULL;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER roles_shown;
DROP TRIGGER client_accounts_shown;
DROP TRIGGER account_uses_shown_delete;
DROP TRIGGER account_uses_shown_before;
DROP TRIGGER account_uses_shown_update;
DROP TRIGGER account_uses_shown_insert;
DROP TRIGGER memberships_shown_before;
DROP TRIGGER memberships_shown_update;
DROP TRIGGER memberships_shown_insert;
DROP TRIGGER events_kept;
DROP TRIGGER events_kept_as_written;
DROP TRIGGER memberships_kept;
DELETE FROM roles WHERE built_in;
