# One image for web, worker and beat: the command decides.
FROM python:3.11-slim-bookworm AS build
WORKDIR /portal
COPY pyproject.toml requirements.lock package.json package-lock.json .npmrc ./
COPY config/bootstrap.py config/slim_styles.py config/
COPY locale locale
# Whose classes stay in the style sheet.
COPY core core
COPY templates templates
COPY static static
RUN python config/bootstrap.py

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home portal
WORKDIR /portal
COPY --from=build /portal/.venv .venv
COPY --chown=root:root . .
COPY --from=build /portal/static/vendor static/vendor
COPY --from=build /portal/locale locale
ENV PATH=/portal/.venv/bin:$PATH PYTHONUNBUFFERED=1 PORTAL_DATA=/data STATIC_ROOT=/static
RUN mkdir -p /data /static && chown portal:portal /data /static
USER portal
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=3", "--threads=4"]
