# syntax=docker/dockerfile:1

# The render engine: a static Go binary. Its version id is the hash of its source, because kept renders are found by it.
FROM golang:1.26-bookworm AS engine
WORKDIR /src/engine
COPY engine/go.mod engine/go.sum ./
RUN go mod download
COPY engine/ ./
RUN version=$(find . -type f \( -name '*.go' -o -name 'go.*' \) ! -name '*_test.go' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16) \
 && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${version}" -o /sluice-engine .

# The bundle of src/.
FROM node:26-bookworm-slim AS bundle
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.mjs

# The npm packages that run: no build and test tools.
FROM node:26-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:26-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends git ca-certificates tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin sluice \
 && install -d -o sluice -g sluice /data
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=engine /sluice-engine /usr/local/bin/sluice-engine
COPY package.json LICENSE ./
COPY bin ./bin
COPY --from=bundle /app/dist ./dist
COPY schema ./schema
ENV NODE_ENV=production SLUICE_ENGINE=/usr/local/bin/sluice-engine HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
USER 10001
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# tini reaps the git processes whose parent was killed.
ENTRYPOINT ["tini", "--", "node", "dist/cli.mjs"]
CMD ["serve"]
