FROM python:3.12-slim AS build
WORKDIR /src
COPY constraints.txt pyproject.toml README.md LICENSE sources.yaml ./
COPY monitor monitor
COPY templates templates
COPY seeds seeds
ENV PIP_CONSTRAINT=/src/constraints.txt PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/monitor && /opt/monitor/bin/pip install .

FROM python:3.12-slim
COPY --from=build /opt/monitor /opt/monitor
RUN useradd --uid 10001 --create-home monitor && mkdir /data && chown monitor /data
USER monitor
WORKDIR /data
VOLUME /data
ENV PATH=/opt/monitor/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MONITOR_DATABASE_URL=sqlite:////data/ledger.db \
    MONITOR_OUT=/data/out \
    MONITOR_LISTEN=0.0.0.0:8000
EXPOSE 8000
HEALTHCHECK --interval=60s --timeout=10s --start-period=120s CMD ["monitor", "status", "--health"]
CMD ["monitor", "run"]
