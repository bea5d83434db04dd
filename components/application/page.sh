#!/bin/bash
# Writes the shop's page from its database, each second. Without a database there is no page: a page that is
# older than its data would prove nothing.
# The first process of a container ignores what it does not handle: without this, its pod takes 30 seconds to end.
trap exit TERM
# shellcheck source=/dev/null
. "${0%/*}/query.sh"

render() {
    cat << 'HTML'
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The shop</title>
<style>
    body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 60rem; }
    table { border-collapse: collapse; width: 100%; }
    th, td { border: 1px solid #ccc; padding: 0.25rem 0.75rem; text-align: left; }
</style>
<h1>The shop</h1>
<h2>Runs</h2>
HTML
    query "SELECT run, token FROM sentinels ORDER BY run" &&
        echo "<h2>Sales</h2>" &&
        query "SELECT item, count(*) AS orders, sum(amount) AS amount FROM orders GROUP BY item ORDER BY item" &&
        echo "<h2>Latest orders</h2>" &&
        query "SELECT o.id, c.name, c.city, o.item, o.amount, $placed, o.note FROM orders o JOIN customers c ON c.id = o.customer ORDER BY o.id DESC LIMIT 20"
}

while sleep 1; do
    if render > /www/.next 2> /dev/null; then
        mv /www/.next /www/index.html
    else
        rm -f /www/index.html
    fi
done
