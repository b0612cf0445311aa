"""What the peers share: measuring a process, and the line of JSON that ends each of them."""

import json
import os
import statistics
import time

BOS, PAD, EOS, UNK = 0, 1, 2, 3


def peak_bytes():
    """The most memory that was resident in this process."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    return 0


def seconds_since_launch():
    """Seconds since the operating system started this process, the interpreter's own start included."""
    with open("/proc/self/stat", encoding="ascii") as stat:
        started = int(stat.read().rpartition(")")[2].split()[19])
    with open("/proc/uptime", encoding="ascii") as uptime:
        return float(uptime.read().split()[0]) - started / os.sysconf("SC_CLK_TCK")


def median_seconds(action, repeats, warm_up=1):
    """The median time of `action()` in seconds."""
    for _ in range(warm_up):
        action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def finish(rate, unit, first_seconds, **more):
    """Prints the contract's line: the last one a peer writes."""
    line = {"rate": rate, "unit": unit, "peak_bytes": peak_bytes(), "first_seconds": first_seconds}
    print(json.dumps(line | more), flush=True)
