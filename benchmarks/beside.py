"""This service beside others, on one machine, before one vendor, in one run.

    python benchmarks/beside.py --quick
    python benchmarks/beside.py --scenario in-flight --contenders ours,litellm

Rounds are interleaved: everybody takes a turn, then everybody takes another. What counts first is
CPU time a request; on a busy machine the latencies are ratios at best. docs/benchmarks.md says
what each scenario is.
"""

import argparse
import json
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from aims import told_aims
from contenders import CONTENDERS
from contenders.base import Contender, Ground
from processes import private_database, private_redis, private_vendor
from report import heading, print_results
from rounds import Measured, measure, warm_up
from scenarios import QUICK, SCENARIOS, Scenario

BY_DEFAULT = ("ours", "litellm", "naive", "go")
CACHE = Path.home() / ".cache" / "interview-trainer-benchmarks"


def arguments() -> argparse.Namespace:
    names = ", ".join(CONTENDERS)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="only " + ", ".join(QUICK))
    parser.add_argument("--scenario", action="append", choices=SCENARIOS, default=[])
    parser.add_argument(
        "--contenders", default=",".join(BY_DEFAULT), help=f"of {names}; default: %(default)s"
    )
    parser.add_argument("--rounds", type=int, default=0, help="default: the scenario's own")
    parser.add_argument("--workers", type=int, default=2, help="this service's and the probe's")
    parser.add_argument("--threads", type=int, default=550, help="in each worker")
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--json", type=Path, help="write everything here too")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(os.environ.get("BENCHMARK_CACHE", CACHE)),
        help="where other people's programs are installed; default: %(default)s",
    )
    return parser.parse_args()


def main() -> None:
    args = arguments()
    names = args.scenario or (QUICK if args.quick else list(SCENARIOS))
    with ExitStack() as stack:
        contenders = start_all(stack, args)
        print(heading(args, contenders), flush=True)
        measured: list[Measured] = []
        for name in names:
            measured += play(SCENARIOS[name], contenders, args.rounds)
            print_results(SCENARIOS[name], measured[-len(contenders) :])
            if args.json:
                write_json(args.json, heading(args, contenders), measured)
        for books in filter(None, (contender.verify() for contender in contenders)):
            print(books)
        print("\n" + "\n".join(told_aims(measured)))


def write_json(path: Path, told: str, measured: list[Measured]) -> None:
    results = [one.summary for one in measured]
    path.write_text(json.dumps({"heading": told.splitlines(), "results": results}, indent=1) + "\n")


def start_all(stack: ExitStack, args: argparse.Namespace) -> list[Contender]:
    folder = Path(tempfile.mkdtemp(prefix="interview-trainer-beside-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    args.cache.mkdir(parents=True, exist_ok=True)
    vendor, vendor_url = private_vendor(stack, folder)
    redis, redis_url = private_redis(stack, folder)
    ground = Ground(
        vendor=vendor,
        vendor_url=vendor_url,
        database=private_database(stack, folder),
        redis=redis,
        redis_url=redis_url,
        folder=folder,
        cache=args.cache,
        people=args.people,
        workers=args.workers,
        threads=args.threads,
    )
    contenders = [CONTENDERS[name](ground) for name in args.contenders.split(",")]
    for contender in contenders:
        contender.start(stack)
    for contender in contenders:
        contender.wait()
        warm_up(contender)
    return contenders


def play(scenario: Scenario, contenders: list[Contender], rounds: int) -> list[Measured]:
    """Every contender's rounds, put together. Who begins changes with the round."""
    found: dict[str, Measured] = {}
    for number in range(rounds or scenario.rounds):
        turn = number % len(contenders)
        for contender in contenders[turn:] + contenders[:turn]:
            result = measure(scenario, contender)
            known = found.get(contender.name)
            found[contender.name] = known.with_round(result) if known else result
    return [found[contender.name] for contender in contenders]


if __name__ == "__main__":
    main()
