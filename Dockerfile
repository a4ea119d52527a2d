# Two stages: the first has pip and a compiler's worth of tools, the second has neither.
#   docker build -t aggregator .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -v ./feeds.toml:/etc/aggregator/feeds.toml:ro -v aggregator-data:/data -p 127.0.0.1:8080:8080 aggregator
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.txt pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/aggregator \
 && /opt/aggregator/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY aggregator ./aggregator
RUN /opt/aggregator/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/aggregator/bin/python -m compileall -q /opt/aggregator/lib

FROM python:3.11-slim
RUN groupadd --system --gid 10001 aggregator \
 && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin aggregator \
 && install -d -o 10001 -g 10001 /data \
 && install -d /etc/aggregator
COPY --from=build /opt/aggregator /opt/aggregator
ENV PATH=/opt/aggregator/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    AGGREGATOR_CONFIG=/etc/aggregator/feeds.toml \
    AGGREGATOR_DATA=/data \
    AGGREGATOR_HOST=0.0.0.0
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["aggregator"]
CMD ["--log-format", "json", "run"]
