"""The configuration: checked against its schema, defaults filled in, cross-references followed.

Every fault is found before anything is built, all of them at once, each naming its key. The schema
`workflow/schemas/config.schema.yaml` holds keys, types and defaults; what a schema cannot say (that
a name refers to something that exists) is checked here.

    settings = checked(yaml.safe_load(text), schema, where="config/config.yaml")
"""

from __future__ import annotations

import copy
import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import jsonschema

from akb.errors import AkbError

Settings = dict[str, Any]

# What holds for a backbone when neither its entry nor `backbone_defaults` says otherwise.
BACKBONE_DEFAULTS: Settings = {
    "engine": "transformers",
    "distil_engine": "vllm",
    "scoring": "option",
    "normalise": "bytes",
    "rotations": 1,
    "thinking": None,
    "dtype": "bfloat16",
    "max_model_len": 2048,
    "max_tokens": 512,
    "temperature": 0.0,
    "engine_options": {},
    "lalm": True,
    "training": {},
    "resources": {},
}

# Keys of a backbone that reach no computation; everything else makes its branch stale.
COSMETIC = {"display", "resources"}


def checked(
    config: Mapping[str, Any], schema: Mapping[str, Any], *, where: str, packages: Collection[str] | None = None
) -> Settings:
    """Return the configuration with its defaults filled in. Raises AkbError listing every fault.

    packages: names that a source's `package` may have; None: they are not checked.
    """
    settings: Settings = _filled(copy.deepcopy(dict(config)), schema, schema)
    faults = [*_schema_faults(settings, schema), *_reference_faults(settings)]
    if packages is not None:
        faults += _package_faults(settings, packages)
    if faults:
        raise AkbError(
            "the configuration has faults:\n" + "\n".join(f"  - {fault}" for fault in faults),
            where=where,
            remedy="mend these keys; config/README.md explains each",
        )
    return settings


def backbone(settings: Settings, name: str) -> Settings:
    """One backbone's entry over `backbone_defaults` over the built-in defaults."""
    merged: Settings = {
        **BACKBONE_DEFAULTS,
        **settings["backbone_defaults"],
        **settings["backbones"][name],
    }
    if "api" in merged["source"]:
        # An endpoint gives no weights to train around, and answers by text unless told otherwise.
        entry = {**settings["backbone_defaults"], **settings["backbones"][name]}
        merged |= {"engine": entry.get("engine", "openai"), "lalm": False}
        merged["scoring"] = settings["backbones"][name].get("scoring", "generate")
    return merged


def model_source(settings: Settings, model: str) -> Settings:
    """Where the checkpoint of a backbone or tool comes from."""
    models: Settings = settings["backbones"] | settings["tools"]
    source: Settings = models[model]["source"]
    return source


def display(settings: Settings, name: str) -> Settings:
    """How tables and figures show a backbone: name, label of at most eight letters, family, colour."""
    given: Settings = settings["backbones"][name].get("display", {})
    return {"name": name, "label": name[:8], "family": "", "colour": ""} | given


def heard_by(settings: Settings, captioner: str) -> list[str]:
    """The audio benchmarks and training sets that a captioner is for; a composed one is for those of all its parts."""
    known = [*settings["audio_benchmarks"], *settings["training_sets"]]
    named, waiting, seen = set(known), [captioner], set()
    while waiting:
        entry = settings["captioners"].get(waiting.pop(), {})
        named &= set(entry.get("benchmarks", known))
        waiting += [part for part in entry.get("of", []) if part not in seen]
        seen |= set(entry.get("of", []))
    return [name for name in known if name in named]


def canonical(value: Any) -> str:
    """`value` as JSON with sorted keys: one text for one meaning, whatever the order of keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _filled(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    schema = _resolved(schema, root)
    if not isinstance(value, dict):
        return value
    for key, sub in schema.get("properties", {}).items():
        default = sub.get("default", _resolved(sub, root).get("default"))
        if key not in value and default is not None:
            value[key] = copy.deepcopy(default)
        if key in value:
            value[key] = _filled(value[key], sub, root)
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        for key in value.keys() - schema.get("properties", {}).keys():
            value[key] = _filled(value[key], others, root)
    return value


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    found: Mapping[str, Any] = root["$defs"][name] if name else schema
    return found


def _schema_faults(settings: Settings, schema: Mapping[str, Any]) -> Iterator[str]:
    validator = jsonschema.Draft202012Validator(schema)
    for error in sorted(validator.iter_errors(settings), key=lambda e: list(map(str, e.absolute_path))):
        place = ".".join(map(str, error.absolute_path)) or "top level"
        if error.validator == "additionalProperties" and isinstance(error.instance, dict):
            known = list(error.schema.get("properties", {}))
            for key in error.instance.keys() - set(known):
                near = difflib.get_close_matches(key, known, 1)
                yield f"{place}: unknown key {key!r}" + (f"; did you mean {near[0]!r}?" if near else "")
        elif "propertyNames" in error.absolute_schema_path:
            yield f"{place}: the name {error.instance!r} must match {error.validator_value}"
        elif error.validator == "oneOf" and "source" in place:
            yield f"{place}: exactly one of package, hub (with revision), folder, random, api is needed"
        else:
            yield f"{place}: {error.message}"


def _reference_faults(settings: Settings) -> Iterator[str]:
    tools, captioners = settings.get("tools", {}), settings.get("captioners", {})
    asked = [(f"writers.{n}.backbone", w.get("backbone")) for n, w in enumerate(settings["benchmark"]["writers"])]
    asked += [(f"stemless_by.{n}", name) for n, name in enumerate(settings["benchmark"]["stemless_by"])]
    for place, name in asked:
        if name not in settings.get("backbones", {}):
            yield f"benchmark.{place}: there is no backbone {name!r}"
    for name, entry in captioners.items():
        for part in entry.get("of", []) if isinstance(entry, dict) else []:
            if part not in captioners:
                yield f"captioners.{name}.of: there is no captioner {part!r}"
        if isinstance(entry, dict) and entry.get("kind") in ("whisper", "sounds") and entry.get("model") not in tools:
            yield f"captioners.{name}.model: there is no tool {entry.get('model')!r}"
    benchmarks = settings.get("audio_benchmarks", {})
    for name, entry in benchmarks.items():
        if entry.get("kind") in ("mmau", "mmar") and "items" not in entry:
            yield f"audio_benchmarks.{name}: a benchmark of kind {entry['kind']} needs `items`, the path of its file"
    if benchmarks and settings["analysis"]["cascade_captioner"] not in captioners:
        yield f"analysis.cascade_captioner: there is no captioner {settings['analysis']['cascade_captioner']!r}"
    yield from _captioner_faults(settings)
    clash = tools.keys() & settings.get("backbones", {}).keys()
    if clash:
        yield f"tools: {sorted(clash)} are names of backbones too"
    sound = (name for name in settings.get("backbones", {}) if _is_sound(settings["backbones"], name))
    if settings["lalm"]["transcripts"] and benchmarks and settings["lalm"]["transcripts"] not in captioners:
        yield f"lalm.transcripts: there is no captioner {settings['lalm']['transcripts']!r}"
    sets = settings.get("training_sets", {})
    yield from (f"training_sets.{name}: an audio benchmark has this name too" for name in sets.keys() & benchmarks)
    trains = any(backbone(settings, name)["lalm"] for name in sound)
    learnable = {*sets, *(name for name, entry in benchmarks.items() if entry.get("kind") == "mini")}
    if trains and benchmarks and settings["lalm"]["train_on"] not in learnable:
        yield f"lalm.train_on: {settings['lalm']['train_on']!r} is neither `mini` nor under training_sets"
    if trains and settings["lalm"]["encoder"] not in tools:
        yield f"lalm.encoder: there is no tool {settings['lalm']['encoder']!r}"


def _captioner_faults(settings: Settings) -> Iterator[str]:
    """Captioners that are missing where one is needed: they may name the benchmarks that they are for."""
    captioners, benchmarks = settings["captioners"], settings["audio_benchmarks"]
    known = [*benchmarks, *settings["training_sets"]]
    for name, entry in captioners.items():
        for named in entry.get("benchmarks", []):
            if named not in known:
                near = difflib.get_close_matches(named, known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                yield f"captioners.{name}.benchmarks: there is no audio benchmark or training set {named!r}{hint}"
            elif "of" in entry and named not in heard_by(settings, name):
                yield f"captioners.{name}.benchmarks: not all of its parts are for {named!r}"
        if entry.get("kind") == "file" and "file" not in entry:
            yield f"captioners.{name}: a captioner of kind file needs `file`, the path of its captions"
    for place, needed in (
        ("analysis.cascade_captioner", list(benchmarks)),
        ("lalm.transcripts", [*benchmarks, settings["lalm"]["train_on"]]),
    ):
        section, key = place.split(".")
        if (captioner := settings[section][key]) in captioners:
            lacking = [name for name in needed if name in known and name not in heard_by(settings, captioner)]
            if lacking:
                yield f"{place}: {captioner!r} is not for {', '.join(lacking)}; see captioners.{captioner}.benchmarks"


def _package_faults(settings: Settings, packages: Collection[str]) -> Iterator[str]:
    for group in ("tools", "backbones"):
        for model in settings.get(group, {}):
            name = settings[group][model]["source"].get("package") if _is_sound(settings[group], model) else None
            if name and name not in packages:
                yield f"{group}.{model}.source: no package carries {name!r}; use one of {', '.join(sorted(packages))}"


def _is_sound(models: Settings, name: str) -> bool:
    entry = models[name]
    return isinstance(entry, dict) and isinstance(entry.get("source"), dict)
