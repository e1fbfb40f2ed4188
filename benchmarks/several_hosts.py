"""Two web hosts, a worker host, a host with MariaDB and Redis: one web host is cut off.

    sudo python benchmarks/several_hosts.py

Each host is a network namespace with an address of its own on a switch in another one; nothing
leaves them. Clients and nginx are on a fifth. It takes about two minutes, needs root, iproute2,
MariaDB, Redis and nginx, and takes the namespaces away however it ends.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from people import QUICK_PLAN, SLOW_PLAN, Crowd, crowd, holds, prove_charges, settings, vendor

from deploy.programs import Host
from deploy.topology import Hosts, Topology

ADDRESSES = {"front": 1, "web1": 11, "web2": 12, "worker": 21, "data": 31}
NETWORK = "10.77.0"
VENDOR_PORTS = (9001, 9002)
QUICK_PEOPLE, SLOW_PEOPLE = 6, 8
BEFORE_S, CUT_OFF_S, AFTER_S = 10, 20, 10
# Longer than any answer here takes. A careful client then asks again.
CLIENT_PATIENCE_S = 30
HOLD_EXPIRES_AFTER_S = 60
# Until the last hold has expired and the worker has looked.
SETTLED_WITHIN_S = 2 * HOLD_EXPIRES_AFTER_S + 30
# How soon a host notices that another one is gone; compose.yaml has longer times.
PATIENCE_OF_TCP = (
    "net.ipv4.tcp_keepalive_time=3",
    "net.ipv4.tcp_keepalive_intvl=1",
    "net.ipv4.tcp_keepalive_probes=3",
    "net.ipv4.tcp_retries2=5",
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Cut one of several hosts off under load.")
    parser.add_argument("--inside", metavar="PREFIX", help="of namespaces that are already there")
    chosen = parser.parse_args()
    if chosen.inside:
        sys.exit(prove(chosen.inside))
    if os.geteuid():
        sys.exit("Network namespaces need root.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    prefix = f"trainer{os.getpid()}-"
    try:
        make_hosts(prefix)
        front = ["ip", "netns", "exec", f"{prefix}front"]
        done = subprocess.run([*front, sys.executable, __file__, "--inside", prefix])
    finally:
        remove_hosts(prefix)
    sys.exit(done.returncode)


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def make_hosts(prefix: str) -> None:
    switch = f"{prefix}switch"
    run("ip", "netns", "add", switch)
    run("ip", "-n", switch, "link", "add", "switch", "type", "bridge")
    run("ip", "-n", switch, "link", "set", "switch", "up")
    for name, number in ADDRESSES.items():
        host = f"{prefix}{name}"
        run("ip", "netns", "add", host)
        cable = ["type", "veth", "peer", "name", name, "netns", switch]
        run("ip", "link", "add", "eth0", "netns", host, *cable)
        run("ip", "-n", switch, "link", "set", name, "master", "switch", "up")
        run("ip", "-n", host, "address", "add", f"{NETWORK}.{number}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            run("ip", "-n", host, "link", "set", device, "up")
        run("ip", "netns", "exec", host, "sysctl", "--quiet", "--write", *PATIENCE_OF_TCP)


def remove_hosts(prefix: str) -> None:
    """What still runs in them is ended."""
    for name in (*ADDRESSES, "switch"):
        listed = subprocess.run(
            ["ip", "netns", "pids", prefix + name], capture_output=True, text=True
        )
        for pid in listed.stdout.split():
            subprocess.run(["kill", "-KILL", pid], check=False)
        subprocess.run(["ip", "netns", "delete", prefix + name], check=False)


def prove(prefix: str) -> int:
    def host(name: str) -> Host:
        enter = () if name == "front" else ("ip", "netns", "exec", f"{prefix}{name}")
        return Host(f"{NETWORK}.{ADDRESSES[name]}", enter)

    def cable(state: str) -> None:
        """Of the second web host."""
        run("ip", "-n", f"{prefix}switch", "link", "set", "web2", state)

    web = (host("web1"), host("web2"))
    hosts = Hosts(front=host("front"), web=web, worker=host("worker"), data=host("data"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for one in web:
            for plan, port in zip((QUICK_PLAN, SLOW_PLAN), VENDOR_PORTS, strict=True):
                stack.enter_context(vendor(folder, plan, port=port, host=one))
        topology = stack.enter_context(Topology(web=2, hosts=hosts, variables=variables()))
        people = stack.enter_context(
            crowd(topology, quick=QUICK_PEOPLE, slow=SLOW_PEOPLE, patience_s=CLIENT_PATIENCE_S)
        )
        pass_time(people, "both hosts", BEFORE_S)
        cable("down")
        answered = pass_time(people, "one of them cut off", CUT_OFF_S)
        cable("up")
        pass_time(people, "both again", AFTER_S)
        people.stop()
        people.report()
        wait_until_settled(topology)
        prove_charges(topology, people)
    return 0 if answered else 1


def variables() -> dict[str, str]:
    vendors = settings(*(f"http://127.0.0.1:{port}" for port in VENDOR_PORTS))
    times = ("OPENAI", "COMPATIBLE", "VERTEX", "ELEVENLABS", "UNREALSPEECH")
    return {
        **vendors,
        "HOLD_EXPIRES_AFTER_S": str(HOLD_EXPIRES_AFTER_S),
        **{f"{name}_TIMEOUT_S": "12" for name in times},
    }


def pass_time(people: Crowd, what: str, seconds: float) -> int:
    before = len(people.quick.answered), len(people.slow.answered)
    time.sleep(seconds)
    whole, streams = len(people.quick.answered), len(people.slow.answered)
    print(f"{what}: {whole - before[0]} whole answers, {streams - before[1]} streams, {seconds} s")
    return whole - before[0]


def wait_until_settled(topology: Topology) -> None:
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while any(state == "open" for _, state, _ in holds(topology)):
        if time.monotonic() > deadline:
            sys.exit("Holds are still open.")
        time.sleep(2)


if __name__ == "__main__":
    main()
