"""Verifies a mapping like the original library, without signatures: reads, makes the message, hashes and sums.

Writes the resource usage of this process to file descriptor 3, like usage-hook.mjs.
"""
import hashlib
import json
import os
import resource
import sys

with open(sys.argv[1]) as file:
    mapping = json.load(file)
message = json.dumps(mapping["assets"], sort_keys=True)
message += "".join(str(mapping[name]) for name in ("n", "m", "time", "height"))
print(hashlib.sha256(message.encode()).hexdigest(), sum(asset["mass"] for asset in mapping["assets"].values()))

used = resource.getrusage(resource.RUSAGE_SELF)
usage = {"userCPUTime": used.ru_utime * 1e6, "systemCPUTime": used.ru_stime * 1e6, "maxRSS": used.ru_maxrss}
os.write(3, json.dumps(usage).encode())
