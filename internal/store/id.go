package store

import (
	"encoding/hex"

	"github.com/google/uuid"
)

// NewID makes the id of a new row: a prefix that tells people what it is of, and a UUIDv7 as 32 hexadecimal digits.
// Ids of one process sort as they were made, byte by byte.
func NewID(prefix string) string {
	id := uuid.Must(uuid.NewV7()) // fails only where the system has no randomness left to give
	return prefix + "_" + hex.EncodeToString(id[:])
}
