# Two images: `web` (HTTP and tapes; no torch) and `runner` (torch and programs; needs no network).
#
# TORCH_INDEX  an index that has torch's CPU build; without it pip takes torch from PyPI, which is gigabytes of CUDA.
# docker/wheels holds wheels that are taken before anything is downloaded.

FROM python:3.11-slim-bookworm AS base
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1
RUN groupadd --gid 10001 tapedeck && useradd --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin tapedeck \
    && mkdir -p /data /run/tapedeck && chown tapedeck:tapedeck /data /run/tapedeck && chmod 0700 /data /run/tapedeck

FROM base AS wheel
RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends gcc libc6-dev python3-dev >/dev/null
WORKDIR /src
COPY pyproject.toml constraints.txt hatch_build.py README.md LICENSE ./
COPY docker/requirements.py docker/
COPY server server
COPY static static
COPY templates templates
RUN pip wheel --quiet --no-deps --wheel-dir /made . \
    && python docker/requirements.py pyproject.toml > /made/all.txt \
    && python docker/requirements.py pyproject.toml --without torch > /made/web.txt \
    && cp constraints.txt /made/

FROM base AS web
RUN --mount=type=bind,from=wheel,source=/made,target=/made --mount=type=bind,source=docker/wheels,target=/wheels \
    pip install --quiet --find-links /wheels --constraint /made/constraints.txt --requirement /made/web.txt \
    && pip install --quiet --no-deps /made/*.whl
USER tapedeck
# The last two keep a server's memory flat: small objects come from glibc, which gives free pages back to the kernel.
ENV TAPEDECK_HOST=0.0.0.0 TAPEDECK_DATA_DIR=/data TAPEDECK_RUNNER=/run/tapedeck/runner.sock \
    PYTHONMALLOC=malloc MALLOC_ARENA_MAX=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz')"]
CMD ["tapedeck", "serve"]

FROM base AS runner
ARG TORCH_INDEX=""
RUN --mount=type=bind,from=wheel,source=/made,target=/made --mount=type=bind,source=docker/wheels,target=/wheels \
    if [ -n "$TORCH_INDEX" ]; then \
        pip install --quiet --index-url "$TORCH_INDEX" --constraint /made/constraints.txt torch; fi \
    && pip install --quiet --find-links /wheels --constraint /made/constraints.txt --requirement /made/all.txt \
    && pip install --quiet --no-deps /made/*.whl
USER tapedeck
ENV TAPEDECK_RUNNER=/run/tapedeck/runner.sock PYTHONMALLOC=malloc MALLOC_ARENA_MAX=1
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s CMD ["tapedeck", "runner", "--ask"]
CMD ["tapedeck", "runner"]
