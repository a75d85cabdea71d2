"""Exit codes by which the launcher says why it ended the container.

The platform holds the same table (LAUNCHER_EXIT); a test compares the two.
"""

COMPLETED = 0
STOPPED = 200
DEADLINE = 201
FENCED = 202
STRANGER = 203
CRASH_LOOP = 204
LAUNCHER_FAILED = 205
OUT_OF_MEMORY = 206
UNTOLD = 207
