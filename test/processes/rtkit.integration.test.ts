import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rtkit } from '../../src/processes/rtkit.ts';
import { threadsOf } from '../../src/processes/threads.ts';
import { FakeRtkit } from '../support/fake-rtkit.ts';
import { startSessionBus, type TestSessionBus } from '../support/session-bus.ts';

describe('rtkit', () => {
  let bus: TestSessionBus;
  let driver: Rtkit;
  beforeEach(async () => {
    bus = await startSessionBus();
    driver = new Rtkit({ env: { DBUS_SYSTEM_BUS_ADDRESS: bus.address }, platform: 'linux' });
  });
  afterEach(async () => {
    driver.close();
    await bus.stop();
  });

  it('raises the threads that matter, the loop first, and no more than six', async () => {
    const rtkit = await FakeRtkit.start(bus.address);
    expect(await driver.unavailable()).toBeNull();
    expect(await driver.raise(process.pid, -11)).toBe(-11);
    expect(rtkit.asked[0]).toEqual([BigInt(process.pid), BigInt(process.pid), -11]);
    expect(rtkit.asked).toHaveLength(Math.min(6, threadsOf(process.pid).length));
    rtkit.stop();
  });

  it('asks for no more than it gives', async () => {
    const rtkit = await FakeRtkit.start(bus.address);
    rtkit.minNice = -5;
    const child = spawn('sleep', ['30']);
    const ended = once(child, 'close');
    expect(await driver.raise(child.pid ?? 0, -11)).toBe(-5);
    expect(rtkit.asked).toEqual([[BigInt(child.pid ?? 0), BigInt(child.pid ?? 0), -5]]);
    child.kill('SIGKILL');
    await ended;
    await expect(driver.raise(child.pid ?? 0, -11)).rejects.toThrow('there is no process');
    rtkit.stop();
  });

  it('is content with the loop where the desktop has used up the rest, and fails without it', async () => {
    const rtkit = await FakeRtkit.start(bus.address);
    rtkit.most = 1;
    expect(await driver.raise(process.pid, -11)).toBe(-11);
    await expect(driver.raise(process.pid, -11)).rejects.toThrow('Device or resource busy');
    rtkit.stop();
  });

  it('says that it is not installed, and comes back when the bus does', async () => {
    expect(await driver.unavailable()).toBe('it is not installed');
    await bus.kill();
    expect(await driver.unavailable()).toMatch(/^it does not answer/);
    await bus.restart();
    const rtkit = await FakeRtkit.start(bus.address);
    expect(await driver.unavailable()).toBeNull();
    rtkit.stop();
  });

  it('is no way without a system bus, and elsewhere', async () => {
    const address = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nowhere/bus' };
    expect(await new Rtkit({ env: address, platform: 'linux' }).unavailable()).toMatch(/^it does not answer/);
    expect(await new Rtkit({ env: address, platform: 'darwin' }).unavailable()).toBe('only Linux has it');
  });
});
