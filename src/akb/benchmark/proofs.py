"""Every grounded question and its proof: the registry of generators and predicates, and their verification.

A module of `akb.benchmark.grounded` takes part by offering GENERATORS (template name to generator) and CHECKS
(predicate name to predicate). It may offer SURE: predicates of the same names that an answer must
satisfy beyond the check, which accepts whatever could be defended. So a wrong option must be wrong
beyond doubt, and a right one right beyond doubt.

    akb verify-proofs resources/akb/akb.jsonl
"""

from __future__ import annotations

import argparse
import json
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType

from akb.benchmark import grounded
from akb.benchmark.candidates import Candidate, Generator, Predicate, proof_faults
from akb.benchmark.frozen import read_candidates_of
from akb.errors import AkbError


@dataclass(frozen=True)
class ProofFault:
    """A candidate whose proof does not hold, and everything that is wrong with it."""

    content_hash: str
    template: str
    question: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Verification:
    """The outcome over a set of candidates: how many claim a proof, and which of these fail."""

    candidates: int
    proven: int
    faults: tuple[ProofFault, ...]


@cache
def _modules() -> tuple[ModuleType, ...]:
    family = "akb.benchmark.grounded."  # the code digest, too, reads this string as all modules of that folder
    found = (module.name for module in pkgutil.walk_packages(grounded.__path__, family) if not module.ispkg)
    # By their own names, whatever the folder: the order of candidates decides what is drawn.
    return tuple(import_module(name) for name in sorted(found, key=lambda name: name.rpartition(".")[2]))


def _collected(attribute: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for module in _modules():
        for name, value in getattr(module, attribute, {}).items():
            # Two modules of one subcategory may share a predicate, but not a name for two.
            if found.get(name, value) is not value:
                raise ValueError(f"{attribute} of {module.__name__} names {name!r} a second time")
            found[name] = value
    return found


@cache
def generators() -> dict[str, Generator]:
    """Every template's generator by its name, in a fixed order."""
    return _collected("GENERATORS")  # type: ignore[return-value]


@cache
def checks() -> dict[str, Predicate]:
    """Every predicate by its name."""
    return _collected("CHECKS")  # type: ignore[return-value]


@cache
def sure_checks() -> dict[str, Predicate]:
    """The stricter predicates that answers must satisfy, by the name of the check they go with."""
    return _collected("SURE")  # type: ignore[return-value]


def grounded_candidates(seed: int, per_template: int | None = None) -> Iterator[Candidate]:
    """Candidates of every template, at most `per_template` of each: the same on every machine for the same seed."""
    for generator in generators().values():
        yield from islice(generator(seed), per_template)


def faults_of(candidate: Candidate) -> list[str]:
    """What is wrong with a candidate's proof; empty if it holds and the answer is beyond doubt."""
    try:
        faults = proof_faults(candidate, checks())
        proof = json.loads(candidate.proof or "{}")
        sure = sure_checks().get(proof.get("check", ""))
        if not faults and sure is not None and not sure(proof["args"], candidate.answer):
            faults = [f"the answer {candidate.answer!r} is open to doubt"]
    except (LookupError, StopIteration, ValueError, TypeError, AttributeError) as error:
        # A file from elsewhere, or of older generators, may name what the predicate does not know.
        return [f"the proof cannot be computed: {error!r}"]
    return faults


def verify(candidates: Iterable[Candidate]) -> Verification:
    """Compute anew the proof of every candidate that has one, or should: `verification` is "program"."""
    total, proven, faulty = 0, 0, []
    for candidate in candidates:
        total += 1
        if not candidate.proof and candidate.verification != "program":
            continue
        proven += 1
        if faults := faults_of(candidate):
            faulty.append(ProofFault(candidate.content_hash, candidate.template, candidate.question, tuple(faults)))
    return Verification(total, proven, tuple(faulty))


def require_proofs(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates, once every proof has been computed anew. Raises AkbError naming the first that fails."""
    kept = list(candidates)
    outcome = verify(kept)
    if outcome.faults:
        first = outcome.faults[0]
        raise AkbError(
            f"{len(outcome.faults)} proofs do not hold, the first because {'; '.join(first.faults)}",
            where=f"{first.template}: {first.question}",
            remedy="mend the generator in src/akb/benchmark/grounded/*/*.py",
        )
    return kept


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`akb verify-proofs FILE`; status 1 if a proof fails."""
    parser = commands.add_parser("verify-proofs", help="compute the proofs of a benchmark file anew")
    parser.add_argument("items", type=Path, help="a benchmark's .jsonl file")
    parser.set_defaults(run=lambda given: sys.exit(run(given)))


def run(arguments: argparse.Namespace) -> int:
    """Verify the file's proofs, print what fails, and return the exit status: 1 if any does."""
    if not arguments.items.is_file():
        raise AkbError("there is no such file", where=str(arguments.items), remedy="give the path of an akb.jsonl")
    outcome = verify(read_candidates_of(arguments.items))
    for fault in outcome.faults:
        print(f"{fault.content_hash}  {fault.template}  {fault.question}")
        for reason in fault.faults:
            print(f"    {reason}")
    held = outcome.proven - len(outcome.faults)
    print(f"{held} of {outcome.proven} proofs hold; {outcome.candidates - outcome.proven} items claim none.")
    return 1 if outcome.faults else 0
