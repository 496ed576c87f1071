# syntax=docker/dockerfile:1.7
# The GPU runner with its engines: stable-diffusion.cpp and sd-scripts, each at a pinned version of its own project.
#   docker build -f deploy/runner.Dockerfile -t style-license-runner .
# The machine needs an NVIDIA driver for CUDA 12.4 or newer (550+) and the NVIDIA Container Toolkit.

FROM node:24.21.0-bookworm-slim AS node

# sd-cli and sd-server: the project's releases for Linux have no CUDA, so that it is built from its source.
FROM nvidia/cuda:12.4.1-devel-ubuntu22.04 AS stable-diffusion-cpp
ARG SD_CPP_COMMIT=97d2990
ARG CUDA_ARCHITECTURES="75;80;86;89;90"
RUN apt-get update && apt-get install --yes --no-install-recommends build-essential ca-certificates cmake git && rm -rf /var/lib/apt/lists/*
RUN git clone --recursive https://github.com/leejet/stable-diffusion.cpp /src && git -C /src checkout "$SD_CPP_COMMIT" && git -C /src submodule update --init --recursive
RUN cmake -S /src -B /build -DCMAKE_BUILD_TYPE=Release -DSD_CUDA=ON -DCMAKE_CUDA_ARCHITECTURES="$CUDA_ARCHITECTURES" && cmake --build /build --config Release --parallel

# sd-scripts: LoRA training. Its requirements pin themselves; torch is the version that its README names for CUDA 12.4.
FROM nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04 AS sd-scripts
ARG SD_SCRIPTS_VERSION=v0.10.1
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates git python3 python3-venv && rm -rf /var/lib/apt/lists/*
RUN git clone --depth 1 --branch "$SD_SCRIPTS_VERSION" https://github.com/kohya-ss/sd-scripts /opt/sd-scripts
WORKDIR /opt/sd-scripts
RUN python3 -m venv /opt/venv \
  && /opt/venv/bin/pip install --no-cache-dir torch==2.6.0 torchvision==0.21.0 --index-url https://download.pytorch.org/whl/cu124 \
  && /opt/venv/bin/pip install --no-cache-dir --requirement requirements.txt

FROM node AS modules
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
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund --omit=dev --workspace apps/gpu-runner --workspace packages/shared --workspace packages/object-store --workspace packages/style-engine

FROM nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates libgl1 libglib2.0-0 libgomp1 python3 && rm -rf /var/lib/apt/lists/* \
  && useradd --create-home --uid 1000 runner && install --directory --owner=runner --group=runner /data /models
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=stable-diffusion-cpp /build/bin/sd-cli /build/bin/sd-server /usr/local/bin/
COPY --from=sd-scripts /opt/venv /opt/venv
COPY --from=sd-scripts /opt/sd-scripts /opt/sd-scripts
WORKDIR /app
COPY --from=modules /app ./
COPY apps/gpu-runner ./apps/gpu-runner
COPY packages/shared ./packages/shared
COPY packages/object-store ./packages/object-store
COPY packages/style-engine ./packages/style-engine
COPY deploy/healthcheck.mjs ./deploy/healthcheck.mjs
ENV NODE_ENV=production DATA_DIR=/data RUNNER_MODELS_DIR=/models SD_SCRIPTS_DIR=/opt/sd-scripts SD_SCRIPTS_PYTHON=/opt/venv/bin/python
USER runner
VOLUME /data
# Jobs at work are finished within RUNNER_STOP_MS, the rest is given back.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["node", "deploy/healthcheck.mjs", "runner"]
CMD ["node", "apps/gpu-runner/src/main.ts"]
