# syntax=docker/dockerfile:1
# docker build -t email-stage .                               the service, with a PostgreSQL server of your own
# docker build -t email-stage:embedded --target embedded .    with the embedded PostgreSQL server

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json schema.yml ./
COPY src src
COPY console console
RUN npx nest build && npx vite build console --logLevel error && find dist -name '*.map' -delete && mkdir /data

FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Optional packages stay: the programs of @node-rs/argon2 and @css-inline/css-inline are among them.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM packages AS pruned
COPY deploy/prune-packages.sh ./
RUN sh prune-packages.sh node_modules

FROM node:22-bookworm-slim AS embedded
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app/package.json ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY blueprints blueprints
COPY LICENSE ./
RUN install -d -o node -g node -m 700 /data
USER 1000:1000
VOLUME /data
EXPOSE 9000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 9000}/-/health/ready/`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]

# The last target is the default. Without a shell: nothing here is run but Node.js.
FROM gcr.io/distroless/nodejs22-debian12:nonroot AS service
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
COPY --from=pruned /app/package.json ./
COPY --from=pruned /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY blueprints blueprints
COPY LICENSE ./
# Uploaded backgrounds, and the local mailbox without EMAIL_HOST.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
VOLUME /data
EXPOSE 9000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/nodejs/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 9000}/-/health/ready/`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/nodejs/bin/node", "dist/main.js"]
