# Lotsenwerk in a container: serve by default, `migrate`, `worker` and the rest as arguments.
# The image holds a checkout, because migrations are read from alembic.ini and alembic/ at run time.

# The web app: what it is built with stays behind.
FROM node:22-slim AS web
WORKDIR /srv/lotsenwerk/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY openapi/openapi.json ../openapi/
COPY web/svelte.config.js web/vite.config.ts web/first.js web/tsconfig.json ./
COPY web/src ./src
COPY web/static ./static
RUN npm run build

FROM python:3.11-slim

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PYTHONUNBUFFERED=1 \
    LOTSENWERK_VAR=/data

# Fixed numbers, so that the owner of a volume stays the same over rebuilds.
RUN groupadd --system --gid 10001 lotsenwerk \
 && useradd --system --uid 10001 --gid lotsenwerk --no-create-home --home-dir /data lotsenwerk \
 && install --directory --owner lotsenwerk --group lotsenwerk --mode 0750 /data

WORKDIR /srv/lotsenwerk

# Libraries first: this layer changes only with the lock.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY alembic ./alembic
COPY allowance ./allowance
COPY matching ./matching
COPY scheduling ./scheduling
COPY app ./app
COPY --from=web /srv/lotsenwerk/web/build ./web/build
RUN pip install --no-deps -e . \
 && python -m compileall -q app matching scheduling allowance

# The compiled part of the engine; on a processor of another kind it is made anew in /data.
RUN NUMBA_CACHE_DIR=/srv/lotsenwerk/kernels python -m matching warm

USER 10001:10001
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]

ENTRYPOINT ["lotsenwerk"]
CMD ["serve", "--host", "0.0.0.0"]
