# Debian's services side by side, with their units as they are. Their container has a network of its own, so their ports are nobody else's.
FROM scratch AS pidone
LABEL org.opencontainers.image.title=pidone
COPY build/root/bin/ /bin/

FROM debian:bookworm-slim AS services
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    apache2 at bind9 bind9-dnsutils cron curl dnsmasq exim4-daemon-light fail2ban haproxy libfcgi-bin mariadb-server memcached nginx \
    openssh-client openssh-server php-fpm postgresql-15 prometheus-node-exporter redis-sentinel redis-server rsyslog snmp snmpd squid vsftpd \
 && rm -rf /var/lib/apt/lists/* \
 && sed -i 's/^Listen 80$/Listen 8081/' /etc/apache2/ports.conf \
 && echo port=5353 >/etc/dnsmasq.d/port.conf \
 && printf 'listen stats\n bind 127.0.0.1:8404\n mode http\n stats enable\n stats uri /\n' >>/etc/haproxy/haproxy.cfg \
 && echo 'ping.path = /ping' >>/etc/php/8.2/fpm/pool.d/www.conf \
 && echo 'shutdown_lifetime 0 seconds' >>/etc/squid/squid.conf \
 && touch /var/log/auth.log
COPY --from=pidone /bin/ /usr/bin/
# What mariadb's ExecStartPost= leaves running connects whenever it likes, and by the socket that starts it again.
RUN systemctl set-default -q multi-user.target && systemctl disable -q mariadb.socket
ENTRYPOINT ["pidone"]

# Those that take their time, or are somebody else's MTA.
FROM debian:bookworm-slim AS slow
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    anacron curl postfix proftpd-core rabbitmq-server samba smbclient supervisor tomcat10 unattended-upgrades \
 && rm -rf /var/lib/apt/lists/*
COPY --from=pidone /bin/ /usr/bin/
# nmbd waits for a network; anacron's timer could start it at any time.
RUN systemctl set-default -q multi-user.target && systemctl disable -q nmbd anacron.timer
ENTRYPOINT ["pidone"]
