/** Ends the output with one line a machine can read, and fails a run in which nothing ran. */
import type { FullResult, Reporter, Suite } from '@playwright/test/reporter';

export default class SummaryReporter implements Reporter {
  private suite: Suite | undefined;
  private broken = 0;

  onBegin(_config: unknown, suite: Suite): void {
    this.suite = suite;
  }

  /** A spec that cannot be loaded, or a setup that throws: no test carries it. */
  onError(): void {
    this.broken += 1;
  }

  async onEnd(result: FullResult): Promise<{ status: FullResult['status'] }> {
    const { passed, failed } = this.count();
    return { status: result.status === 'passed' && (passed === 0 || failed > 0) ? 'failed' : result.status };
  }

  async onExit(): Promise<void> {
    const { passed, failed, skipped, flaky } = this.count();
    const notes = `${skipped > 0 ? `, ${skipped} skipped` : ''}${flaky > 0 ? `, ${flaky} at the second try only` : ''}`;
    process.stdout.write(`${passed} passed, ${failed} failed${notes}\n`);
  }

  printsToStdio(): boolean {
    return true;
  }

  private count(): { passed: number; failed: number; skipped: number; flaky: number } {
    const outcomes = this.suite?.allTests().map((test) => test.outcome()) ?? [];
    const of = (outcome: string) => outcomes.filter((one) => one === outcome).length;
    return {
      passed: of('expected') + of('flaky'),
      failed: of('unexpected') + this.broken,
      skipped: of('skipped'),
      flaky: of('flaky'),
    };
  }
}
