# pidone in an image: `npm run build` first, then
#
#   docker build --target pidone -t pidone .     the one binary, and nothing else: COPY --from=pidone /bin/ /usr/bin/
#   docker build --target demo -t pidone-demo .  Debian's sshd and monitoring agent, and a small app

FROM scratch AS pidone
LABEL org.opencontainers.image.title=pidone
COPY build/root/bin/ /bin/
ENTRYPOINT ["/bin/pidone"]

FROM debian:bookworm-slim AS demo
RUN apt-get update \
 && apt-get install -y --no-install-recommends openssh-server prometheus-node-exporter \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --shell /bin/bash guest

# Debian's own units stay as they are. They read these two files, and what these leave open the container's environment
# gives: SSHD_OPTS, and METRICS_PORT in a drop-in.
RUN sed -i /^SSHD_OPTS=/d /etc/default/ssh
COPY units/demo/exporter.conf /etc/systemd/system/prometheus-node-exporter.service.d/demo.conf
COPY units/demo/app /opt/app/
COPY units/demo/app.service /etc/systemd/system/
ENV APP_PORT=8080 METRICS_PORT=9100 GREETING=hello

COPY --from=pidone /bin/ /usr/bin/
RUN systemctl enable app
ENTRYPOINT ["pidone"]
