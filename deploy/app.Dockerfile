# syntax=docker/dockerfile:1.7
# Everything but the GPU runner: api, worker, migration and the built page in one image; the command says which.
#   docker build -f deploy/app.Dockerfile -t style-license-app .

FROM node:24.21.0-bookworm-slim AS source
WORKDIR /app
COPY package.json package-lock.json ./
COPY apps/api/package.json apps/api/
COPY apps/web/package.json apps/web/
COPY apps/gpu-runner/package.json apps/gpu-runner/
COPY packages/shared/package.json packages/shared/
COPY packages/object-store/package.json packages/object-store/
COPY packages/style-engine/package.json packages/style-engine/
COPY packages/local-postgres/package.json packages/local-postgres/
COPY packages/testkit/package.json packages/testkit/
COPY prisma/package.json prisma/
COPY e2e/package.json e2e/

# With what builds: Prisma's client is generated and the page is built, neither needs a database.
FROM source AS build
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/generate.ts && npm run build --workspace apps/web

# Only what runs.
FROM source AS modules
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund --omit=dev --workspace apps/api --workspace prisma --workspace packages/shared --workspace packages/object-store

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data WEB_DIST=/app/apps/web/dist
WORKDIR /app
COPY --from=modules /app ./
COPY --from=build /app/apps/api ./apps/api
COPY --from=build /app/apps/web/dist ./apps/web/dist
COPY --from=build /app/apps/web/dist-server ./apps/web/dist-server
COPY --from=build /app/packages/shared ./packages/shared
COPY --from=build /app/packages/object-store ./packages/object-store
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/scripts/runner-role.ts ./scripts/runner-role.ts
COPY --from=build /app/scripts/lib ./scripts/lib
COPY --from=build /app/deploy/healthcheck.mjs ./deploy/healthcheck.mjs
RUN install --directory --owner=node --group=node /data
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "deploy/healthcheck.mjs", "api"]
CMD ["node", "apps/api/src/server.ts"]
