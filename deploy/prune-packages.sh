#!/bin/sh
# Removes from node_modules, the only argument, what the service does not read at run time.
set -eu
cd "$1"
# The compiler is an optional peer; the embedded server is in the image `embedded` only.
rm -rf typescript @embedded-postgres embedded-postgres
# Copies of the same code for browsers and bundlers. Node.js reads the other ones.
rm -rf typeorm/browser rxjs/src rxjs/dist/esm rxjs/dist/esm5 rxjs/dist/types rxjs/dist/bundles \
  class-validator/bundles class-validator/esm5 class-validator/esm2015 libphonenumber-js/bundle \
  swagger-ui-dist/swagger-ui-es-bundle.js swagger-ui-dist/swagger-ui-es-bundle-core.js
rm -rf @opentelemetry/*/build/esm @opentelemetry/*/build/esnext
# Shows mails in a browser; @nestjs-modules/mailer loads it only with its option `preview`.
rm -rf preview-email
find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name 'README.md' -o -name 'CHANGELOG.md' \) -delete
