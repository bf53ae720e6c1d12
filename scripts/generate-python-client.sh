#!/usr/bin/env bash
# Generates the client for Python in a folder: scripts/generate-python-client.sh FOLDER [SCHEMA]
set -euo pipefail
folder=${1:?name a folder}
schema=${2:-$(dirname "$0")/../schema.yml}
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet --disable-pip-version-check openapi-python-client==0.29.1 ruff==0.14.6
PATH="$tools/venv/bin:$PATH" openapi-python-client generate --path "$schema" --output-path "$folder" --overwrite
