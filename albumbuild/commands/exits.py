"""Exit codes: what a script may rely on."""

DONE = 0
FAILED = 1
WRONG = 2
RULE_BROKEN = 3
STORAGE = 4
BUSY = 5
WORK_TO_DO = 6
OUR_FAULT = 70
INTERRUPTED = 130
TERMINATED = 143
