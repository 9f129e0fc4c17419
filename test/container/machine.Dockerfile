# The root of a virtual machine: systemd with all of its units, udev, an init script (exim4), a generator (postgresql). Nobody listens on a port.
FROM scratch AS pidone
LABEL org.opencontainers.image.title=pidone
COPY build/root/bin/ /bin/

FROM debian:bookworm-slim AS machine
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    cron dbus exim4-daemon-light kmod postgresql-15 systemd systemd-sysv systemd-timesyncd udev unattended-upgrades \
 && rm -rf /var/lib/apt/lists/* \
 && echo "listen_addresses = ''" >>/etc/postgresql/15/main/postgresql.conf \
 && sed -i "s/^QUEUERUNNER=.*/QUEUERUNNER='queueonly'/" /etc/default/exim4
# A name of the bus that a unit of systemd's gives, and a file in /tmp that is somebody's.
RUN printf '[D-BUS Service]\nName=org.example.Wanted\nExec=/bin/false\nUser=root\nSystemdService=wanted.service\n' >/usr/share/dbus-1/system-services/org.example.Wanted.service \
 && printf '<busconfig><policy context="default"><allow send_destination="org.example.Wanted"/></policy></busconfig>' >/usr/share/dbus-1/system.d/org.example.Wanted.conf \
 && printf '[Service]\nExecStart=/bin/sleep infinity\n' >/etc/systemd/system/wanted.service \
 && touch /tmp/kept
COPY --from=pidone /bin/pidone /usr/local/bin/pidone
RUN for name in systemctl journalctl systemd-analyze systemd-escape; do ln -s pidone /usr/local/bin/$name; done
ENTRYPOINT ["/usr/local/bin/pidone"]
