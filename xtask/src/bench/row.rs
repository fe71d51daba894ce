//! A row of the table: some work and its limit.

use std::time::Duration;

use anyhow::{Context, Result};

use super::child::Cost;

/// Work to be measured, and the limit to compare it with.
pub(crate) struct Row<'a> {
    pub(crate) work: String,
    /// The limit, in words.
    pub(crate) limit: String,
    /// Maximum ratio of work to limit.
    pub(crate) goal: Option<f64>,
    pub(crate) clock: Clock,
    pub(crate) measure_limit: Box<dyn Fn() -> Result<Duration> + 'a>,
    pub(crate) measure: Box<dyn Fn() -> Result<Cost> + 'a>,
}

/// The clock to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Wall-clock time.
    Wall,
    /// Time of all processors.
    Processor,
}

/// The result of a row.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) work: String,
    pub(crate) limit: String,
    pub(crate) goal: Option<f64>,
    /// Median times of limit and work.
    pub(crate) times: [Duration; 2],
    /// Ratios, in ascending order.
    pub(crate) ratios: Vec<f64>,
    pub(crate) memory: Option<u64>,
}

impl Row<'_> {
    /// Runs limit and work alternately. The first round warms the caches and does not count.
    pub(crate) fn measure(&self, rounds: usize) -> Result<Measured> {
        let (mut limits, mut works, mut memory) = (Vec::new(), Vec::new(), None);
        for _ in 0..=rounds {
            limits.push((self.measure_limit)()?);
            let cost = (self.measure)()?;
            memory = memory.max(cost.memory);
            works.push(self.time(&cost)?);
        }
        let pairs = limits.iter().zip(&works).skip(1);
        let ratios = pairs.map(|(limit, work)| work.as_secs_f64() / limit.as_secs_f64());
        let mut ratios: Vec<f64> = ratios.collect();
        ratios.sort_by(f64::total_cmp);
        Ok(Measured {
            work: self.work.clone(),
            limit: self.limit.clone(),
            goal: self.goal,
            times: [median(&limits[1..]), median(&works[1..])],
            ratios,
            memory,
        })
    }

    fn time(&self, cost: &Cost) -> Result<Duration> {
        match self.clock {
            Clock::Wall => Ok(cost.time),
            Clock::Processor => cost.processor.context("the system does not tell the time"),
        }
    }
}

impl Measured {
    /// The median ratio.
    pub(crate) fn ratio(&self) -> f64 {
        self.ratios[self.ratios.len() / 2]
    }
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}
