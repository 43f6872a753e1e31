import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
    setupFiles: ['scripts/seeded.ts'],
    testTimeout: 30_000,
    // As for the browser's tests.
    retry: 1,
    // One fewer than there are cores by default: of two, one would be idle.
    maxWorkers: '100%',
  },
});
