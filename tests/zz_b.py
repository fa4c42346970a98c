import time
from tests.throwaway_postgres import Server, binaries
from app.db import make_engine
from app.migrations import migrate
from bench import hands
s=Server(binaries()); s.start()
import psycopg
psycopg.connect(host="127.0.0.1",port=s.port,user="lotsenwerk",dbname="postgres",autocommit=True).execute("create database x")
url=s.url("x"); e=make_engine(url); migrate(e); hands.prepare(e); hands.ask(e,5)
h=hands.Hand(url)
hands.wait_until(lambda: len(hands.marks(e))==5)
e.dispose(); s.stop(); time.sleep(3)
t=time.time(); print("exit", h.stop(), time.time()-t)
