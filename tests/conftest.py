"""What every test starts from: no setting of the machine that runs it reaches a test."""

import os

for name in ("PAZ_OFFLINE", "PAZ_ALLOW_REFRESH", "PAZ_FRAME_ANCESTORS", "PAZ_PUBLIC_URL"):
    os.environ.pop(name, None)
