from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return {"tide": "high"}


@app.get("/healthz")
def healthz():
    return "ok\n"
