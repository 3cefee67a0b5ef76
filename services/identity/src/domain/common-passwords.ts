/**
 * The passwords of eight and more characters that published lists of leaked passwords have at their top, in lower case.
 * Shorter ones are refused by length, repetitions such as `11111111` by rule.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `12345678 123456789 1234567890 12345678910 0123456789 0987654321 987654321 87654321 9876543210 123123123 147258369
  123456789a 1234567a 12345678a a12345678 a123456789 a1234567 abc12345 abcd1234 abcdefgh abcdefg1 abc123456 abcdef123
  aa123456 aa12345678 asd12345 asdasdasd asdfasdf asdfghjk asdfghjkl asdf1234 qwertyui qwertyuiop qwerty12 qwerty123
  qwerty1234 qwerty12345 qwerty123456 qwertyqwerty qweasdzxc qweqweqwe qwer1234 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 1q2w3e4r
  1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx zaq1zaq1 zaq1xsw2 zxcvbnm1 zxcvbnm123 zxcvbnm, zxcvbnmm
  password password1 password12 password123 password1234 password12345 password! password1! passw0rd p@ssw0rd p@ssword
  pa55word passwort passwords mypassword thepassword newpassword changeme changeme1 changeme123 letmein1 letmein123
  welcome1 welcome12 welcome123 welcome2024 welcome2025 iloveyou iloveyou1 iloveyou2 iloveyou12 iloveyou! ilovegod
  trustno1 sunshine sunshine1 princess princess1 football football1 baseball baseball1 basketball superman superman1
  batman123 spiderman pokemon1 pokemon123 starwars starwars1 michelle michelle1 jennifer jennifer1 jessica1 charlie1
  charlie123 jonathan alexander alexandra samantha samantha1 elizabeth stephanie victoria valentina anthony1 nicholas
  danielle patricia benjamin isabella gabriel1 matthew1 michael1 jordan23 computer computer1 internet internet1 whatever
  whatever1 midnight liverpool liverpool1 chelsea1 arsenal1 manchester barcelona realmadrid juventus corvette mercedes
  porsche1 ferrari1 mustang1 harley123 yamaha123 chocolate chocolate1 butterfly butterfly1 strawberry blueberry cupcakes
  snowball sweetheart sweetie1 babygirl babygirl1 loveyou1 lovelove lovers123 forever1 foreverlove friends1 bestfriend
  blink182 metallica slipknot1 greenday eminem123 nirvana1 hunter12 hunter123 shadow12 shadow123 master123 dragon12
  dragon123 monkey12 monkey123 killer123 ginger12 pepper12 cookie123 tigger12 snoopy12 maggie12 buster12 bailey12 admin123
  admin1234 admin12345 administrator adminadmin root1234 rootroot test1234 testtest test12345 testing1 testing123 guest123
  user1234 username login123 secret123 secret12 default1 temp1234 temppass access14 access123 security qazwsxedc
  qazwsx123 wsxedcrf 11223344 1122334455 112233445566 12344321 12341234 12121212 11112222 10203040 123321123 147852369
  159753456 741852963 789456123 963852741 999888777 31415926 25251325 14725836 19841984 19851985 19861986 19871987
  19881988 19891989 19901990 20002000 20202020 5201314520 woaini1314 woaini520 dearbook google123 facebook facebook1
  linkedin linkedin1 myspace1 minecraft minecraft1 fortnite1 playstation nintendo1 pikachu1 swordfish superstar
  supergirl rainbow1 kittykat kitty123 elephant dolphin1 dolphins scorpion panthers steelers1 redskins cowboys1 yankees1
  lakers24 rangers1 gateway1 explorer universe startrek mountain summer12 summer123 summer2024 summer2025 winter12
  winter123 winter2024 winter2025 spring2025 autumn2025 january1 december december1 november september monday123
  friday13 saturday london123 england1 scotland1 germany1 america1 australia california florida1 newyork1 marseille
  bonjour1 motdepasse azertyuiop azerty123 soleil123 passwort1 hallo123 schatz123 contraseña contrasena tequiero
  teamomucho estrella mariposa alejandro francisco sebastian cristina fernando rodrigo1 nopassword letmeinnow
  openseame opensesame asdfjkl; aaaaaaa1 a1b2c3d4 a1s2d3f4 z1x2c3v4 p4ssw0rd p@55w0rd pass1234 pass12345 pass123456
  passpass passcode passport1 goodluck1 hello123 hello1234 hellohello helloworld lol12345 lollipop lollol123 moomoo12
  peaches1 peanut12 precious pumpkin1 purple12 qwert123 qwert12345 rockstar rockyou1 scooter1 skateboard soccer12
  soccer123 softball1 sparky12 student1 taylor12 thunder1 tinkerbell undertaker vanessa1 warcraft wildcats william1
  wrestling xbox3600 yellow12 yourmom1 zachary1`
    .split(/\s+/)
    .filter((word) => word.length >= 8),
);
