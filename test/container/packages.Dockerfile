# More of Debian's services, with their units as they are. What they listen on is no port that somebody else may have.
FROM scratch AS pidone
LABEL org.opencontainers.image.title=pidone
COPY build/root/bin/ /bin/

FROM debian:bookworm-slim AS packages
RUN apt-get update \
 && apt-get install -y --no-install-recommends cron curl logrotate nginx redis-server rsyslog \
 && rm -rf /var/lib/apt/lists/* \
 && sed -i 's/listen 80 default_server/listen unix:\/run\/nginx.sock/;/listen .*\[::\]/d' /etc/nginx/sites-available/default \
 && sed -i 's/^port .*/port 0/;s/^# *unixsocket .*/unixsocket \/run\/redis\/redis.sock/' /etc/redis/redis.conf
COPY --from=pidone /bin/ /usr/bin/
ENTRYPOINT ["pidone"]
