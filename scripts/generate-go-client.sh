#!/usr/bin/env bash
# Generates the client for Go in a folder: scripts/generate-go-client.sh FOLDER [SCHEMA]
set -euo pipefail
folder=${1:?name a folder}
schema=$(realpath "${2:-$(dirname "$0")/../schema.yml}")
generator=github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2
mkdir -p "$folder/emailstage"
go run "$generator" -generate types,client -package emailstage -o "$folder/emailstage/client.go" "$schema"
