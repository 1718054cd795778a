/**
 * @typedef {object} QueryStats
 * @property {number} queries since the start
 * @property {number} errors since the start
 * @property {number} active now
 */

/** @typedef {{ totalCount: number, idleCount: number, waitingCount: number }} PoolCounts */

/**
 * @param {QueryStats} stats
 * @param {PoolCounts} pool
 * @returns {string} as prisma-client-py reads it
 */
export function jsonMetrics(stats, pool) {
  const { counters, gauges } = collect(stats, pool);
  return JSON.stringify({ counters: toMetrics(counters), gauges: toMetrics(gauges), histograms: [] });
}

/**
 * @param {QueryStats} stats
 * @param {PoolCounts} pool
 * @returns {string} in Prometheus' text form
 */
export function prometheusMetrics(stats, pool) {
  const { counters, gauges } = collect(stats, pool);
  return [...toBlocks(counters, "counter"), ...toBlocks(gauges, "gauge")].join("\n");
}

/**
 * @param {QueryStats} stats
 * @param {PoolCounts} pool
 */
function collect(stats, pool) {
  return {
    counters: {
      prisma_client_queries_total: stats.queries,
      prisma_client_query_errors_total: stats.errors,
      prisma_pool_connections_opened_total: pool.totalCount,
    },
    gauges: {
      prisma_client_queries_active: stats.active,
      prisma_client_queries_wait: pool.waitingCount,
      prisma_pool_connections_busy: pool.totalCount - pool.idleCount,
      prisma_pool_connections_idle: pool.idleCount,
      prisma_pool_connections_open: pool.totalCount,
    },
  };
}

/** @param {Record<string, number>} values */
function toMetrics(values) {
  return Object.entries(values).map(([key, value]) => {
    return { key, labels: {}, value, description: key.replaceAll("_", " ") };
  });
}

/**
 * @param {Record<string, number>} values
 * @param {string} type
 */
function toBlocks(values, type) {
  return toMetrics(values).map(
    ({ key, value, description }) => `# HELP ${key} ${description}\n# TYPE ${key} ${type}\n${key} ${value}\n`,
  );
}
