"""Work through many records so that one that fails does not stop the others."""

import logging

import psycopg2

_logger = logging.getLogger(__name__)


def run_isolated(env, ids, work):
    """Do a piece of work for many records; where it fails, halve them until each culprit stands
    alone.

    :param env: environment whose transaction the work runs in, each try in a savepoint
    :param ids: list of ids
    :param work: called with a list of ids
    :return: dict of id -> exception of the records it failed for
    :raise psycopg2.OperationalError: on a conflict with another transaction; retry later
    """
    try:
        with env.cr.savepoint():
            work(ids)
        return {}
    except psycopg2.OperationalError as error:
        # A statement that took too long will do so again: find out for whom.
        if not isinstance(error, psycopg2.errors.QueryCanceled):
            raise
        failure = error
    except Exception as error:
        failure = error
    if len(ids) == 1:
        return {ids[0]: failure}
    # What fails for all of them would otherwise show as slowness only.
    _logger.info("%s records failed together, tried in halves: %r", len(ids), failure)
    env.invalidate_all()
    middle = len(ids) // 2
    return run_isolated(env, ids[:middle], work) | run_isolated(env, ids[middle:], work)
