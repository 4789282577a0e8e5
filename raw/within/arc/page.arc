filedesc://a.arc 0.0.0.0 20200201000000 text/plain 67
1 0 a test
URL IP-address Archive-date Content-type Archive-length

https://a.example/html/tags-rel-tag.html 192.0.2.1 20200201000000 text/html 6154
HTTP/1.1 200 OK
Content-Type: text/html

<!DOCTYPE html>
<html lang="en-US">
<head>
<meta charset="UTF-8" />
<title>Trio of small quakes shakes Tamarack County before dawn &#8211; Eldon Falls Ledger</title>
<link rel="profile" href="https://gmpg.org/xfn/11" />
<meta name="generator" content="WordPress 6.4.3" />
<link rel="alternate" type="application/rss+xml" title="Eldon Falls Ledger &raquo; Feed" href="https://eldonledger.example/feed/" />
<script type="text/javascript">window._wpemojiSettings={"baseUrl":"https:\/\/s.example\/images\/core\/emoji\/14.0.0\/72x72\/","ext":".png","source":{"concatemoji":"https:\/\/eldonledger.example\/wp-includes\/js\/wp-emoji-release.min.js"}};</script>
<style id="wp-block-library-inline-css">.wp-block-image{margin:0 0 1em}.wp-block-image img{height:auto;max-width:100%}.has-text-align-center{text-align:center}</style>
</head>
<body class="post-template-default single single-post postid-5120 single-format-standard">
<div id="page" class="site"><a class="skip-link screen-reader-text" href="#primary">Skip to content</a>
<header id="masthead" class="site-header"><div class="site-branding"><p class="site-title"><a href="https://eldonledger.example/" rel="home">Eldon Falls Ledger</a></p><p class="site-description">Serving Tamarack County since 1909</p></div>
<nav id="site-navigation" class="main-navigation"><button class="menu-toggle">Menu</button><ul id="primary-menu"><li class="menu-item"><a href="/local/">Local</a></li><li class="menu-item"><a href="/schools/">Schools</a></li><li class="menu-item"><a href="/obituaries/">Obituaries</a></li><li class="menu-item"><a href="/classifieds/">Classifieds</a></li><li class="menu-item"><a href="/subscribe/">Subscribe</a></li></ul></nav></header>
<main id="primary" class="site-main">
<article id="post-5120" class="post-5120 post type-post status-publish format-standard has-post-thumbnail hentry category-local tag-earthquake tag-eldon-falls tag-carrow-state">
<header class="entry-header"><span class="cat-links"><a href="https://eldonledger.example/category/local-news/" rel="category tag">Local News</a></span>
<h1 class="entry-title">Trio of small quakes shakes Tamarack County before dawn</h1>
<div class="entry-meta"><span class="posted-on">Posted on <a href="https://eldonledger.example/2024/02/trio-of-small-quakes/" rel="bookmark"><time class="entry-date published" datetime="2024-02-09T11:30:12-06:00">February 9, 2024</time></a></span> <span class="byline">by <span class="author vcard"><a class="url fn n" href="https://eldonledger.example/author/wmarsh/">Walt Marsh</a></span></span></div></header>
<div class="post-thumbnail"><img src="https://eldonledger.example/wp-content/uploads/2024/02/chimney-1024x683.jpg" alt="Bricks on a sidewalk" width="1024" height="683" /></div>
<div class="entry-content">
<p>A chain of three small earthquakes rattled windows across Tamarack County early Friday, but officials said there were no injuries and that damage was limited to a few toppled chimneys in the town of Eldon Falls.</p>
<p>The strongest of the three, a magnitude 4.1, struck at 4:52 a.m. about six miles northeast of town, according to the regional seismic network at Carrow State College. Two aftershocks of magnitude 3.2 and 2.9 followed within the hour, and a handful of weaker tremors were recorded through midmorning.</p>
<p>“I thought a truck had hit the house,” said Darlene Fitch, who runs a bakery on Second Street and had just started on the day’s rolls. “Then the sheet pans started walking off the rack by themselves, and I figured it out pretty quick.”</p>
<p>Earthquakes of that size are unusual but not unheard of in the area, which sits on an ancient fault buried under nearly a mile of sediment. The last comparable shaking came in 1986, when a magnitude 4.4 cracked the dome of the old county courthouse.</p>
<p>Crews from the highway department spent the morning inspecting eleven bridges and found nothing that required a closure. The Eldon Falls school district delayed classes by two hours so that custodians could check gas lines, and the water utility asked customers to report any sudden drop in pressure.</p>
<p>Seismologist Renata Quill said residents should expect smaller tremors for several days. She urged people to fill out the network’s online questionnaire, even if they slept through the whole thing. “Knowing who didn’t feel it is just as useful to us,” she said.</p>
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul><li><a href="?share=facebook">Facebook</a></li><li><a href="?share=x">X</a></li><li><a href="?share=print">Print</a></li></ul></div>
</div>
<footer class="entry-footer"><span class="tags-links">Tagged <a href="https://eldonledger.example/tag/earthquake/" rel="tag">earthquake</a>, <a href="https://eldonledger.example/tag/eldon-falls/" rel="tag">Eldon Falls</a>, <a href="https://eldonledger.example/tag/carrow-state-college/" rel="tag">Carrow State College</a>, <a href="https://eldonledger.example/tag/bridges/" rel="tag">bridges</a></span></footer>
</article>
</main>
<aside id="secondary" class="widget-area"><section class="widget widget_recent_entries"><h2 class="widget-title">Recent Posts</h2><ul><li><a href="https://eldonledger.example/2024/02/county-fair-moves/">County fair moves to the old airfield</a></li><li><a href="https://eldonledger.example/2024/02/levy-ballot/">Library levy will be on the May ballot</a></li><li><a href="https://eldonledger.example/2024/02/ice-fishing-closed/">Ice fishing season ends three weeks early</a></li></ul></section>
<section class="widget widget_archive"><h2 class="widget-title">Archives</h2><ul><li><a href="/2024/02/">February 2024</a></li><li><a href="/2024/01/">January 2024</a></li><li><a href="/2023/12/">December 2023</a></li></ul></section></aside>
<footer id="colophon" class="site-footer"><div class="site-info"><a href="https://wordpress.example/">Proudly powered by WordPress</a> <span class="sep">|</span> Theme: Larkspur</div></footer>
</div>
<script src="https://eldonledger.example/wp-content/themes/larkspur/js/navigation.js?ver=1.0.2"></script>
</body>
</html>

https://a.example/html/newspaper-full-chrome.html 192.0.2.1 20200201000000 text/html 8635
HTTP/1.1 200 OK
Content-Type: text/html

<!DOCTYPE html>
<html lang="en-GB" class="no-js">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hallowick’s harbour tram to make its last run after council vote | The Hallowick Courier</title>
<meta name="description" content="Councillors choose buses over a £46m bridge, ending 114 years of trams on the quay.">
<link rel="canonical" href="https://www.hallowickcourier.example/transport/2024/oct/16/harbour-tram-last-run">
<meta property="og:type" content="article">
<meta property="og:title" content="Hallowick’s harbour tram to make its last run after council vote">
<meta property="og:site_name" content="The Hallowick Courier">
<meta property="article:published_time" content="2024-10-16T06:15:00+01:00">
<link rel="preload" href="/static/fonts/courier-text.woff2" as="font" type="font/woff2" crossorigin>
<style>.c-masthead{border-bottom:1px solid #111}.c-share__list{display:flex;gap:8px}.o-grid{display:grid;grid-template-columns:8fr 4fr}</style>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Hallowick’s harbour tram to make its last run after council vote","datePublished":"2024-10-16T06:15:00+01:00","author":[{"@type":"Person","name":"Miriam Oakeshott"}],"publisher":{"@type":"Organization","name":"The Hallowick Courier"},"articleSection":"Transport"}</script>
<script>window.dataLayer=window.dataLayer||[];dataLayer.push({pageType:"article",section:"transport",id:"hc-88213"});document.documentElement.className="js";</script>
</head>
<body class="t-article">
<a class="u-skip" href="#main">Skip to main content</a>
<div id="cookie-banner" role="dialog" aria-label="Cookies"><p>We and our 212 partners use cookies to measure audiences and show advertising. You can change your choices at any time.</p><button>Accept all</button> <button>Manage options</button></div>
<header class="c-masthead">
<div class="c-masthead__top"><a href="/signin">Sign in</a> <a href="/subscribe">Subscribe from £1 a week</a> <a href="/search">Search</a></div>
<a class="c-masthead__logo" href="/"><img src="/static/logo.svg" alt="The Hallowick Courier" width="320" height="48"></a>
<nav aria-label="Main"><ul><li><a href="/news">News</a></li><li><a href="/business">Business</a></li><li><a href="/sport">Sport</a></li><li><a href="/culture">Culture</a></li><li><a href="/opinion">Opinion</a></li><li><a href="/weather">Weather</a></li><li><a href="/notices">Notices</a></li></ul></nav>
</header>
<nav class="c-breadcrumb" aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/transport">Transport</a></li></ol></nav>
<div class="o-grid">
<main id="main">
<article class="c-article" itemscope itemtype="https://schema.org/NewsArticle">
<header class="c-article__head">
<h1 itemprop="headline">Hallowick’s harbour tram to make its last run after council vote</h1>
<p class="c-article__standfirst">Councillors choose buses over a £46m bridge, ending 114 years of trams on the quay</p>
<div class="c-article__meta"><p class="c-byline">By <a href="/by/miriam-oakeshott" rel="author">Miriam Oakeshott</a>, transport correspondent</p>
<time datetime="2024-10-16T06:15:00+01:00">Wednesday 16 October 2024, 6.15am</time></div>
<div class="c-share"><span class="c-share__label">Share</span><ul class="c-share__list"><li><a href="https://social.example/share?u=hc-88213">Facebook</a></li><li><a href="https://short.example/post?u=hc-88213">X</a></li><li><a href="mailto:?subject=Tram">Email</a></li><li><button data-copy>Copy link</button></li></ul></div>
</header>
<figure class="c-figure"><img src="/media/88213/tram-quay-1240.jpg" alt="A green tram on the quay" width="1240" height="744" loading="eager">
<figcaption>Car number 5 passes the customs house on its way to Saltgate last week. Photograph: Odile Brandreth/The Courier</figcaption></figure>
<div class="c-article__body" itemprop="articleBody">
<p>The last tram on the old harbour line will run on Sunday night, ending 114 years of service between Merrow Quay and the fish market at Saltgate. Hallowick city council voted 31 to 14 on Tuesday to close the route rather than pay for a new swing bridge.</p>
<p>Engineers had warned since the spring that the existing bridge, built in 1931, could no longer carry the weight of modern vehicles. A survey by the consultants <a href="/companies/dunmore-pell">Dunmore Pell</a> put the cost of a replacement at £46m, almost three times the estimate on which councillors based their budget two years ago.</p>
<p>“Nobody in this chamber wanted to be the one to switch off the lights,” said Ines Calloway, who chairs the transport committee. “But I cannot ask people in Northfield, who wait forty minutes for a bus, to pay for a bridge that carries nine hundred passengers on a good day.”</p>
<aside class="c-newsletter"><h2>The Quayside Briefing</h2><p>All the day’s local headlines in your inbox at 7am. Free, and you can leave whenever you like.</p><form action="/newsletter" method="post"><input type="email" name="e" placeholder="Your email address"><button>Sign up</button></form></aside>
<p>Shopkeepers along the quay reacted angrily. Tomasz Ridley, whose family has sold rope and rigging opposite the Saltgate stop since 1958, said the line brought in a third of his weekend trade. He and forty other traders have signed a petition calling for an independent review of the bridge survey.</p>
<p>From Monday a replacement bus, numbered 7H, will follow the tram’s route as far as the customs house before turning inland along Cable Street. The council says journeys will take eleven minutes longer at peak times, although it hopes to shave off four of those once a bus lane opens in March.</p>
<p>The seven single-deck cars, two of which date from the 1950s, are to be offered to museums. One has already been claimed by the Penhallow Transport Trust, whose volunteers plan to move it by barge next month. The remaining track will stay in place for now because lifting it would require closing the road for most of the summer.</p>
<p>A final ceremonial run is planned for 10.30pm on Sunday. Tickets were allocated by ballot, and more than six thousand people applied for the ninety seats available.</p>
</div>
<section class="c-topics"><h2>Topics</h2><ul><li><a href="/topic/transport">Transport</a></li><li><a href="/topic/hallowick-city-council">Hallowick City Council</a></li><li><a href="/topic/trams">Trams</a></li><li><a href="/topic/local-government">Local government</a></li></ul></section>
</article>
<section class="c-related" aria-labelledby="rel"><h2 id="rel">Related stories</h2>
<div class="c-card"><a href="/transport/2024/sep/02/bridge-survey-cost-triples"><img src="/media/87110/thumb.jpg" alt=""><h3>Bridge survey triples cost of saving the quay line</h3></a><p class="c-card__teaser">Consultants say corrosion below the waterline is far worse than divers reported in 2022.</p></div>
<div class="c-card"><a href="/news/2024/oct/11/cable-street-bus-lane"><img src="/media/88001/thumb.jpg" alt=""><h3>Cable Street to lose 60 parking bays for bus lane</h3></a><p class="c-card__teaser">Residents have until the end of the month to object to the scheme.</p></div>
<div class="c-card"><a href="/culture/2024/aug/19/penhallow-museum-appeal"><img src="/media/86542/thumb.jpg" alt=""><h3>Museum in a shed: the volunteers who never threw anything away</h3></a><p class="c-card__teaser">At Penhallow, a dozen retired fitters are rebuilding a fleet that no longer has anywhere to go.</p></div>
</section>
</main>
<aside class="c-rail"><div class="ad-slot" data-slot="mpu-1"><span>Advertisement</span></div>
<section class="c-mostread"><h2>Most read</h2><ol><li><a href="/news/2024/oct/15/storm-petra-warning">Storm Petra: amber warning extended to Thursday</a></li><li><a href="/sport/2024/oct/15/rovers-sack-manager">Rovers part company with manager after eleven games</a></li><li><a href="/business/2024/oct/15/cannery-reopens">Cannery to reopen with 140 jobs</a></li><li><a href="/news/2024/oct/14/seal-in-swimming-pool">Seal found in school swimming pool returned to sea</a></li></ol></section></aside>
</div>
<footer class="c-footer"><ul><li><a href="/about">About us</a></li><li><a href="/contact">Contact</a></li><li><a href="/corrections">Corrections</a></li><li><a href="/privacy">Privacy policy</a></li><li><a href="/jobs">Work for us</a></li></ul><p>© 2024 Hallowick Courier Newspapers Ltd. All rights reserved.</p></footer>
<script src="/static/js/app.4f1c9.js" defer></script>
</body></html>

https://a.example/text/original-layout.txt 192.0.2.1 20200201000000 text/plain 2767
HTTP/1.1 200 OK
Content-Type: text/plain

Salt harvest doubled! Lagoon town of Varnaby sells its whole crop before the pans are dry

Salt harvest doubled! Lagoon town of Varnaby sells its whole crop before the pans are dry

The salt pans at Varnaby produced 6,400 tonnes this summer, twice the average of the last ten years, and the cooperative that runs them says every sack has already been sold. The last lorry is due to leave the lagoon on Friday, three weeks before the season normally ends.

 

Eleven weeks without rain made the difference. In an ordinary year the rakers lose about a third of the crop to thunderstorms, which wash the crust back into the brine and force them to begin again with the smaller basins.

 

Ilse Corrigan, who has managed the pans since 2011, said the telephone began to ring in July. Two cheese makers and a chain of fish shops asked for more than she could promise, and for the first time she was able to choose the price.

 

Not all of the harvest is fit for the table. Roughly 900 tonnes came up grey with silt after a sluice gate stuck open in August, and that part has gone to the county for winter roads at a fifth of the price.

 

The cooperative plans to spend the money on a second gate and a covered store, so that next year's salt does not have to be sold as soon as it is raked. A vote of the 63 members is expected in November.

 

Nobody in Varnaby expects a summer like this one again soon. "My grandfather had one in his whole life," said the raker Tobias Wyle, "and he talked about it until he was ninety."

Varnaby

Salt harvest

Farm cooperatives

<<:  Second bridge over the Ouze to be tolled from January, drivers complain

>>:  Pallet prices fall for the sixth month in a row, sawmills reduce shifts

Recommend

What is Dorrigo Post? Dorrigo Post Review, Features

Dorrigo Post is a parcel consolidator that was se...

Light tax on shop windows? Three towns want to copy the Belmere model

Three towns on the coast are considering a charge...

What is Ketterling? Ketterling Review, Features

Ketterling is a family brand founded in 1962 and...

Cold snap! Hothouse tomatoes rise to 7 crowns per kilogram

Cold snap! Hothouse tomatoes rise to 7 crowns per...

Ports of the northern bay to share one booking system

According to a notice published on Monday, the fi...

How do small roasters survive? A visit to four back yards

Coffee is a difficult trade for anyone who buys b...

What is Umbra Freight & Umbra Freight Review

Umbra Freight Holding was registered in Lisburn Q...

Online furniture sales to reach 40 billion by 2028

A study by the research office Marlpit and Sons a...

Ferry fuel surcharge cancelled after protest of island shops

On September 2, the operator informed its custome...
