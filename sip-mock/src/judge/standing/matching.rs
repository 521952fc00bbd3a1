//! How many idle agents and waiting entries could be brought together at once: the size of a maximum matching.
//!
//! Agents with the same skills are one node, entries with the same demand too, so a crowd costs no more than a few. Who is kept
//! apart from somebody, or is the only one for somebody, is a node of their own.

use std::collections::{BTreeSet, VecDeque};

use super::Standing;
use crate::judge::log::{Account, Demand, Id, fits};

struct Agents {
    many: usize,
    skills: Id,
    who: Option<Id>,
}

struct Entries<'s> {
    many: usize,
    demand: &'s Demand,
    who: Option<Id>,
}

/// The size of a maximum matching.
pub(in crate::judge) fn most_pairs(standing: &Standing, account: &Account) -> usize {
    if standing.bench.len() == 0 || standing.line.len() == 0 {
        return 0;
    }
    let (agents, entries) = nodes(standing);
    let may = |agent: &Agents, entry: &Entries| {
        fits(account.skills_set(agent.skills), agent.who.unwrap_or(Id::MAX), entry.demand)
            && !matches!((agent.who, entry.who), (Some(a), Some(e)) if standing.apart.of_agent(a).any(|kept| kept == e))
    };
    let edges: Vec<Vec<usize>> = agents
        .iter()
        .map(|agent| (0..entries.len()).filter(|at| entries.get(*at).is_some_and(|entry| may(agent, entry))).collect())
        .collect();
    flow(&edges, agents.iter().map(|a| a.many).collect(), entries.iter().map(|e| e.many).collect())
}

fn nodes(standing: &Standing) -> (Vec<Agents>, Vec<Entries<'_>>) {
    let (line, bench, apart) = (&standing.line, &standing.bench, &standing.apart);
    let mut alone: BTreeSet<Id> = line.classes().filter_map(|(demand, _)| demand.only).collect();
    let mut kept = BTreeSet::new();
    for agent in apart.agents().filter(|agent| bench.seat_of(*agent).is_some()) {
        alone.insert(agent);
        kept.extend(apart.of_agent(agent).filter(|entry| line.holds(*entry)));
    }
    alone.retain(|agent| bench.seat_of(*agent).is_some());
    let mut agents = Vec::new();
    for (skills, idle) in bench.groups() {
        let single = idle.iter().map(|(_, agent)| *agent).filter(|agent| alone.contains(agent));
        let before = agents.len();
        agents.extend(single.map(|agent| Agents { many: 1, skills, who: Some(agent) }));
        let many = idle.len() - (agents.len() - before);
        agents.push(Agents { many, skills, who: None });
    }
    let mut entries = Vec::new();
    for (demand, waiting) in line.classes() {
        let before = entries.len();
        if !kept.is_empty() {
            let single = kept.iter().filter(|entry| line.demand_of(**entry) == Some(demand));
            entries.extend(single.map(|entry| Entries { many: 1, demand, who: Some(*entry) }));
        }
        let many = waiting.len() - (entries.len() - before);
        entries.push(Entries { many, demand, who: None });
    }
    (agents, entries)
}

/// The largest flow from nodes on the left, each with so many, to those on the right; augmented by the shortest ways.
fn flow(edges: &[Vec<usize>], mut left: Vec<usize>, mut right: Vec<usize>) -> usize {
    let mut flows = vec![vec![0_usize; right.len()]; left.len()];
    let mut whole = 0;
    while let Some(way) = shortest_way(edges, &flows, &left, &right) {
        let (Some((from, _)), Some((_, to))) = (way.first(), way.last()) else { break };
        let back = way.windows(2).filter_map(|step| match step {
            [(_, taken), (next, _)] => flows.get(*next)?.get(*taken).copied(),
            _ => None,
        });
        let room = |side: &[usize], at: usize| side.get(at).copied().unwrap_or(0);
        let most = back.min().unwrap_or(usize::MAX).min(room(&left, *from)).min(room(&right, *to));
        if most == 0 {
            break;
        }
        let mut before: Option<usize> = None;
        for (agent, entry) in &way {
            if let Some(taken) = before
                && let Some(held) = flows.get_mut(*agent).and_then(|row| row.get_mut(taken))
            {
                *held -= most;
            }
            if let Some(held) = flows.get_mut(*agent).and_then(|row| row.get_mut(*entry)) {
                *held += most;
            }
            before = Some(*entry);
        }
        for (side, at) in [(&mut left, *from), (&mut right, *to)] {
            if let Some(room) = side.get_mut(at) {
                *room -= most;
            }
        }
        whole += most;
    }
    whole
}

/// From a left node that has some left to a right node that has room: each step takes an edge, and the next takes one back.
fn shortest_way(
    edges: &[Vec<usize>],
    flows: &[Vec<usize>],
    left: &[usize],
    right: &[usize],
) -> Option<Vec<(usize, usize)>> {
    // For each right node: the left node it was reached from; for each left node: the right node whose flow was taken back.
    let mut reached: Vec<Option<usize>> = vec![None; right.len()];
    let mut came: Vec<Option<usize>> = vec![None; left.len()];
    let mut seen: Vec<bool> = left.iter().map(|many| *many > 0).collect();
    let mut next: VecDeque<usize> = (0..left.len()).filter(|at| left.get(*at).is_some_and(|many| *many > 0)).collect();
    while let Some(agent) = next.pop_front() {
        for entry in edges.get(agent)? {
            if reached.get(*entry)?.is_some() {
                continue;
            }
            *reached.get_mut(*entry)? = Some(agent);
            if *right.get(*entry)? > 0 {
                return Some(walk_back(*entry, &reached, &came));
            }
            for (other, row) in flows.iter().enumerate() {
                if row.get(*entry).is_some_and(|held| *held > 0) && !*seen.get(other)? {
                    *seen.get_mut(other)? = true;
                    *came.get_mut(other)? = Some(*entry);
                    next.push_back(other);
                }
            }
        }
    }
    None
}

fn walk_back(to: usize, reached: &[Option<usize>], came: &[Option<usize>]) -> Vec<(usize, usize)> {
    let mut way = Vec::new();
    let mut entry = Some(to);
    while let Some(at) = entry {
        let Some(agent) = reached.get(at).copied().flatten() else { break };
        way.push((agent, at));
        entry = came.get(agent).copied().flatten();
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_gives_way_to_one_who_can_do_less() {
        // The first can do both, the second only the first: greedily it would be one pair.
        assert_eq!(flow(&[vec![0, 1], vec![0]], vec![1, 1], vec![1, 1]), 2);
        assert_eq!(flow(&[vec![0], vec![0]], vec![1, 1], vec![1]), 1);
        assert_eq!(flow(&[vec![], vec![]], vec![3, 4], vec![5]), 0);
    }

    #[test]
    fn crowds_count_as_many_as_they_are() {
        assert_eq!(flow(&[vec![0, 1], vec![1]], vec![40, 10], vec![25, 5_000]), 50);
        assert_eq!(flow(&[vec![0, 1], vec![0, 2], vec![1]], vec![5, 5, 5], vec![5, 5, 5]), 15);
    }
}
