#!/usr/bin/env python3
"""Makes the lists of this folder from packages of the npm registry. Run it to renew them: needs npm and unmunch (hunspell-tools).

common.txt.gz   words in small letters of dictionary-sv and dictionary-en with all their forms, folded, 2 to 12 letters
given.txt       given names of @faker-js/faker in Latin script, folded, without those words
surname.txt     surnames of the same
"""
import gzip
import json
import pathlib
import subprocess
import tempfile
import unicodedata

PACKAGES = {"sv": "dictionary-sv@4.0.0", "en": "dictionary-en@4.0.0", "names": "@faker-js/faker@10.6.0"}
PLAIN = {"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
DUMP = """
import { allLocales } from './dist/index.js';
const flat = x => !x ? [] : typeof x === 'string' ? [x] : Array.isArray(x) ? x.flatMap(flat) : x.value ? [x.value] : Object.values(x).flatMap(flat);
const out = { given: [], surname: [] };
for (const l of Object.values(allLocales)) if (l.person) {
  out.given.push(...flat(l.person.first_name));
  out.surname.push(...flat(l.person.last_name));
}
console.log(JSON.stringify(out));
"""


def fold(word):
    """What Normalise makes of one word."""
    letters = (c for c in unicodedata.normalize("NFKD", word.lower()) if unicodedata.category(c) != "Mn")
    return "".join(PLAIN.get(c, c) for c in letters)


def latin(word):
    return word.isascii() and word.isalpha()


def fetch(package, folder):
    folder.mkdir()
    name = subprocess.run(["npm", "pack", "-s", package], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run(["tar", "xzf", name], cwd=folder, check=True)
    return folder / "package"


def common(folder):
    forms = subprocess.run(["unmunch", folder / "index.dic", folder / "index.aff"], check=True, capture_output=True).stdout
    words = (w.strip() for w in forms.decode("utf-8", "replace").splitlines())
    return {fold(w) for w in words if w.isalpha() and w == w.lower()}


def main():
    here = pathlib.Path(__file__).parent
    with tempfile.TemporaryDirectory() as tmp:
        at = {k: fetch(p, pathlib.Path(tmp) / k) for k, p in PACKAGES.items()}
        words = {w for k in ("sv", "en") for w in common(at[k]) if latin(w) and 2 <= len(w) <= 12}
        with gzip.GzipFile(here / "common.txt.gz", "wb", 9, mtime=0) as f:
            f.write("".join(w + "\n" for w in sorted(words)).encode())
        (at["names"] / "dump.mjs").write_text(DUMP)
        names = json.loads(subprocess.run(["node", "dump.mjs"], cwd=at["names"], check=True, capture_output=True, text=True).stdout)
        for kind, all_names in names.items():
            parts = {fold(p) for n in all_names for p in n.replace("-", " ").split()}
            (here / (kind + ".txt")).write_text("".join(n + "\n" for n in sorted(parts - words) if latin(n) and len(n) > 1))


if __name__ == "__main__":
    main()
