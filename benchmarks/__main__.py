"""Every benchmark, one after another: `python -m benchmarks`."""

from benchmarks import assembly, cost, forgery, others, send_path, visits

PARTS = (
    ("assembly", assembly.main),
    ("assembly, against what others use", others.main),
    ("the whole way of a mail", send_path.main),
    ("memory and CPU of one visit", visits.main),
    ("the bill", cost.main),
    ("a million forged tokens", forgery.main),
)


def main() -> None:
    for number, (name, part) in enumerate(PARTS, 1):
        print(f"\n[{number}/{len(PARTS)}] {name}\n", flush=True)
        part()


if __name__ == "__main__":
    main()
