# One image per service:  docker build --build-arg SERVICE=order -t souk/order .
# A simulator:            docker build --build-arg KIND=simulators --build-arg SERVICE=mail-sink -t souk/mail-sink .
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS packages
ARG KIND=services
ARG SERVICE
WORKDIR /app
# Every workspace's package.json, since the lockfile names them all; sources only of what a service can use.
COPY package.json package-lock.json .npmrc ./
COPY tools/package.json tools/
COPY e2e/package.json e2e/
COPY bench/package.json bench/
COPY gen gen
COPY packages packages
COPY simulators simulators
COPY services services
RUN test -d "${KIND}/${SERVICE}" || (echo "no ${KIND}/${SERVICE}: pass --build-arg SERVICE=NAME" >&2; exit 1)
# Not `npm ci`: see tools/bootstrap.mjs. --no-save keeps to the lockfile.
RUN npm install --no-save --omit=dev --workspace "${KIND}/${SERVICE}" --no-fund --no-audit \
  && find services simulators -mindepth 1 -maxdepth 1 ! -path "${KIND}/${SERVICE}" -exec rm -rf {} + \
  && find . -name '*.test.ts' -not -path './node_modules/*' -delete

FROM ${NODE_IMAGE}
ARG KIND=services
ARG SERVICE
ENV NODE_ENV=production
COPY --from=packages /app /app
WORKDIR /app/${KIND}/${SERVICE}
# Nothing is written at run time: the root file system may be read-only.
USER 1000:1000
EXPOSE 50051 9464
# No build step: Node.js strips the types. Exec form, so that SIGTERM reaches the service, which drains.
CMD ["node", "src/main.ts"]
