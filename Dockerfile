FROM python:3.12-slim-bookworm AS build

RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev pkg-config default-libmysqlclient-dev \
    && rm -rf /var/lib/apt/lists/*

ENV PATH=/opt/venv/bin:$PATH \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

# Without requirements-local.txt the image is smaller, and speech needs a vendor's key.
ARG REQUIREMENTS="requirements.txt requirements-mysql.txt requirements-vendors.txt requirements-local.txt"
COPY requirements*.txt /build/
WORKDIR /build
RUN python -m venv /opt/venv \
    && for file in $REQUIREMENTS; do pip install --requirement "$file" || exit 1; done


FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin app \
    && install --directory --owner app /data

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    COLLECTED_STATIC=true

COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
RUN SECRET_KEY=for-this-step-only python manage.py collectstatic --noinput

USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
# With TASK_WORKERS task workers beside it. For workers alone: python manage.py run_worker
CMD ["gunicorn", "--config", "python:interview_trainer.gunicorn_conf", "interview_trainer.wsgi"]
