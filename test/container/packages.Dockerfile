# More of Debian's services, with their units as they are. What they listen on is no port that somebody else may have.
FROM scratch AS pidone
LABEL org.opencontainers.image.title=pidone
COPY build/root/bin/ /bin/

FROM debian:bookworm-slim AS packages
RUN apt-get update \
 && apt-get install -y --no-install-recommends cron curl logrotate nginx redis-server rsyslog \
 && apt-get download at && mv at_*.deb /at.deb \
 && rm -rf /var/lib/apt/lists/* \
 && sed -i 's/listen 80 default_server/listen unix:\/run\/nginx.sock/;/listen .*\[::\]/d' /etc/nginx/sites-available/default \
 && sed -i 's/^port .*/port 0/;s/^# *unixsocket .*/unixsocket \/run\/redis\/redis.sock/' /etc/redis/redis.conf
COPY --from=pidone /bin/ /usr/bin/
# A package that is installed where pidone's systemctl is there already: its scripts call it, and no manager runs.
RUN dpkg -i /at.deb && test "$(systemctl is-enabled atd)" = enabled && systemctl --root=/ preset-all -q && systemctl set-default -q multi-user.target
ENTRYPOINT ["pidone"]
