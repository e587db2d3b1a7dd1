"""The portal with demo data on this machine: web and dispatcher, no service, no network."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo import DAYS, FIRST_DAY, Demo
from core import clock
from core.errors import Refused


def demo_day(text: str) -> date:
    """A day at which the demo's clock may be put."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}”不是日期，请写成 2012-07-20 的样子") from None
    first, last = DAYS
    if not first <= found <= last:
        raise ArgumentTypeError(f"{found} 不在演示的时间范围内，请选 {first} 至 {last} 之间的一天")
    return found


def port_number(text: str) -> int:
    """A number under which a program may serve."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ArgumentTypeError(f"“{text}”不是端口号，请写 1 至 65535 之间的整数")
    return int(text)


class Command(BaseCommand):
    help = "启动演示：准备环境与演示数据，运行网站和信件派发，Ctrl-C 全部结束。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port_number, default=8000, help="网站端口")
        parser.add_argument("--data", type=Path, default=settings.PORTAL_DATA)
        parser.add_argument("--fresh", action="store_true", help="清除演示数据后重新生成")
        parser.add_argument("--date", type=demo_day, help="把演示时钟拨到这一天 09:30")

    def handle(self, *args, **options) -> None:
        demo = Demo(options["data"].resolve(), options["port"])
        self.refuse_a_taken_port(demo.port)
        try:
            demo.make_folder()
            self.prepare(demo, fresh=options["fresh"], day=options["date"])
            self.serve(demo)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        except KeyboardInterrupt as stopped:
            raise CommandError("已中断；数据未准备完的，再次启动时从头生成。") from stopped

    def refuse_a_taken_port(self, port: int) -> None:
        with contextlib.closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise CommandError(f"端口 {port} 已被占用，请用 PORT= 指定其他端口。") from error

    def prepare(self, demo: Demo, *, fresh: bool, day: date | None) -> None:
        if fresh or not demo.planted:
            self.plant(demo, day or FIRST_DAY)
            return
        demo.manage("migrate", "--verbosity", "0")
        if day is None:
            return
        if clock.at(day, 9, 30) < demo.now():
            raise Refused(f"演示时钟已到 {demo.now():%Y-%m-%d %H:%M}，要回到以前请加 --fresh。")
        demo.set_clock(clock.at(day, 9, 30))

    def plant(self, demo: Demo, day: date) -> None:
        started = time.monotonic()
        demo.clear()
        demo.begin()
        self.stdout.write("正在准备演示数据，首次约需几分钟 …")
        demo.manage("migrate", "--verbosity", "0")
        demo.manage("plant_demo", "--until", day.isoformat())
        demo.set_clock(clock.at(day, 9, 30))
        self.stdout.write(f"演示数据已就绪（{time.monotonic() - started:.0f} 秒）。")

    def serve(self, demo: Demo) -> None:
        processes = [demo.start_web()]
        # A supervisor stops us with SIGTERM; treat it like Ctrl-C so that nothing is left running.
        # In the background of a script Ctrl-C is ignored at the start; it ends the demo there too.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.default_int_handler)
        try:
            if not demo.wait_until_it_answers(processes):
                raise CommandError("网站未能启动，请查看上面的输出。")
            # Only now: two cores are busy enough with bringing up the web.
            processes.append(demo.start_dispatcher())
            self.announce(demo)
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.stdout.write("\n正在结束 …")
        finally:
            self.stop(processes)

    def stop(self, processes: list[subprocess.Popen]) -> None:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        # One span for all, so that ending takes no longer the more there is to end.
        end = time.monotonic() + 15
        for process in processes:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()

    def announce(self, demo: Demo) -> None:
        write = self.stdout.write
        write(f"\n居民用电服务监管平台（演示） http://127.0.0.1:{demo.port}/")
        write(f"演示时间 {demo.now():%Y-%m-%d %H:%M}；第二重验证在演示中关闭。")
        write(f"信件写在 {demo.data / 'mail'}，日志写在 {demo.data / 'portal.log'}；")
        write(f"账号表 {demo.data / 'demo-accounts.json'}（口令随本次演示数据生成）\n")
        for account in demo.accounts():
            line = "  {username:<20}{password:<20}{role}（{organisation}）"
            write(line.format(**account))
        write("\n按 Ctrl-C 结束。")
        self.stdout.flush()
